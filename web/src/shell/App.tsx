import { Center, Loader } from "@mantine/core";
import { lazy, Suspense } from "react";
import { Route, Router, Switch } from "wouter";
import { useAddress } from "./address";
import { Mishap } from "./Mishap";
import { Rail } from "./Rail";
import { type Session, useSession } from "./session";

const Flows = lazy(() => import("../pages/flows/Flows"));
const readFlowPage = () => import("../pages/flow/FlowPage");
const FlowPage = lazy(readFlowPage);
const Link = lazy(() => import("../pages/sign_in/Link"));
const LivePage = lazy(() => import("../pages/live/LivePage"));
const NewPassword = lazy(() => import("../pages/sign_in/NewPassword"));
const RunPage = lazy(() => import("../pages/runs/RunPage"));
const Runs = lazy(() => import("../pages/runs/Runs"));
const SettingsPage = lazy(() => import("../pages/settings/SettingsPage"));
const SignIn = lazy(() => import("../pages/sign_in/SignIn"));

// Who comes for a flow need not wait for its page until it is known who they are.
if (window.location.hash.startsWith("#/flows/")) void readFlowPage();

/** The whole app: somebody signs in, then the rail on the left leads to the pages. */
export function App() {
  const { session, isPending } = useSession();
  if (isPending) return <Waiting />;
  return (
    <Suspense fallback={<Waiting />}>
      <Mishap>
        <Router hook={useAddress}>{session ? <SignedIn session={session} /> : <SignedOut />}</Router>
      </Mishap>
    </Suspense>
  );
}

function SignedIn({ session }: { session: Session }) {
  if (session.needs_password) return <NewPassword />;
  return (
    <div className="shell">
      <Rail session={session} />
      <Switch>
        <Route path="/flows/:flow">{({ flow }) => <FlowPage flow={flow} />}</Route>
        <Route path="/flows/:flow/live">{({ flow }) => <LivePage flow={flow} />}</Route>
        <Route path="/runs">
          <Runs />
        </Route>
        <Route path="/runs/:run">{({ run }) => <RunPage key={run} run={run} />}</Route>
        <Route path="/settings/:place?/:name?">{({ place, name }) => <SettingsPage place={place} name={name} />}</Route>
        <Route component={Flows} />
      </Switch>
    </div>
  );
}

function SignedOut() {
  return (
    <Switch>
      <Route path="/link/:token">{({ token }) => <Link token={token} />}</Route>
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
