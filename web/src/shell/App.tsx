import { Center, Loader } from "@mantine/core";
import { lazy, Suspense } from "react";
import { Route, Router, Switch } from "wouter";
import { useHashLocation } from "wouter/use-hash-location";
import { Rail } from "./Rail";
import { useSession } from "./session";

const Flows = lazy(() => import("../pages/flows/Flows"));
const FlowPage = lazy(() => import("../pages/flow/FlowPage"));
const SignIn = lazy(() => import("../pages/sign_in/SignIn"));

/** The whole app: somebody signs in, then the rail on the left leads to the pages. */
export function App() {
  const { session, isPending } = useSession();
  if (isPending) return <Waiting />;
  return (
    <Suspense fallback={<Waiting />}>
      {session ? (
        <Router hook={useHashLocation}>
          <div className="shell">
            <Rail session={session} />
            <Switch>
              <Route path="/flows/:flow">{({ flow }) => <FlowPage flow={flow} />}</Route>
              <Route component={Flows} />
            </Switch>
          </div>
        </Router>
      ) : (
        <SignIn />
      )}
    </Suspense>
  );
}

function Waiting() {
  return (
    <Center h="100%">
      <Loader />
    </Center>
  );
}
