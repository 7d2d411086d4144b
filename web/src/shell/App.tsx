import { Center, Loader } from "@mantine/core";
import { lazy, Suspense } from "react";
import { Redirect, Route, Router, Switch } from "wouter";
import { useAddress } from "./address";
import { Mishap } from "./Mishap";
import { Rail } from "./Rail";
import { type Session, useMay, useOver, useSession } from "./session";
import { Unreachable } from "./Unreachable";

const Flows = lazy(() => import("../pages/flows/Flows"));
const readFlowPage = () => import("../pages/flow/FlowPage");
const FlowPage = lazy(readFlowPage);
const Link = lazy(() => import("../pages/sign_in/Link"));
const LivePage = lazy(() => import("../pages/live/LivePage"));
const NewPassword = lazy(() => import("../pages/sign_in/NewPassword"));
const Reading = lazy(() => import("../pages/flow/Reading"));
const RunPage = lazy(() => import("../pages/runs/RunPage"));
const Runs = lazy(() => import("../pages/runs/Runs"));
const SettingsPage = lazy(() => import("../pages/settings/SettingsPage"));
const SignIn = lazy(() => import("../pages/sign_in/SignIn"));
const SignInAgain = lazy(() => import("../pages/sign_in/SignInAgain"));
const Voicemails = lazy(() => import("../pages/runs/Voicemails"));

// Who comes for a flow need not wait for its page until it is known who they are.
if (window.location.hash.startsWith("#/flows/")) void readFlowPage();

/** The whole app: somebody signs in, then the rail on the left leads to the pages. */
export function App() {
  const { session, isPending, isUnknown } = useSession();
  if (isPending) return <Waiting />;
  if (isUnknown) return <Unreachable />;
  return (
    <Suspense fallback={<Waiting />}>
      <Mishap>
        <Router hook={useAddress}>{session ? <SignedIn session={session} /> : <SignedOut />}</Router>
      </Mishap>
    </Suspense>
  );
}

function SignedIn({ session }: { session: Session }) {
  const { isOver, other } = useOver();
  return (
    <>
      {session.needs_password ? <NewPassword /> : <Pages session={session} />}
      <Suspense>{isOver && <SignInAgain name={session.name} other={other} />}</Suspense>
    </>
  );
}

function Pages({ session }: { session: Session }) {
  const may = useMay();
  return (
    <div className="shell">
      <Rail session={session} />
      <Switch>
        <Route path="/link/:token">{({ token }) => <Link token={token} present={session.name} />}</Route>
        {may("flows.read") && <Route path="/flows/:flow">{({ flow }) => (may("flows.edit") ? <FlowPage flow={flow} /> : <Reading flow={flow} />)}</Route>}
        {may("flows.read") && <Route path="/flows/:flow/live">{({ flow }) => <LivePage flow={flow} />}</Route>}
        {may("runs.read") && <Route path="/runs" component={Runs} />}
        {may("voicemails.read") && <Route path="/runs/voicemails" component={Voicemails} />}
        {may("runs.read") && <Route path="/runs/:run">{({ run }) => <RunPage key={run} run={run} />}</Route>}
        <Route path="/settings/:place?/:name?">{({ place, name }) => <SettingsPage place={place} name={name} />}</Route>
        {may("flows.read") ? <Route component={Flows} /> : <Redirect to="/settings/me" replace />}
      </Switch>
    </div>
  );
}

function SignedOut() {
  return (
    <Switch>
      <Route path="/link/:token">{({ token }) => <Link token={token} present="" />}</Route>
      <Route component={SignIn} />
    </Switch>
  );
}

function Waiting() {
  return (
    <Center h="100%">
      <Loader />
    </Center>
  );
}
