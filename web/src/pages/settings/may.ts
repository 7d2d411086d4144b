import { useSession } from "../../shell/session";
import type { Permission } from "./extras";

/** What whoever is signed in may do. */
export function useMay(): (permission: Permission) => boolean {
  const { session } = useSession();
  return (permission) => session?.permissions.includes(permission) ?? false;
}
