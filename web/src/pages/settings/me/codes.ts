import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../../../api/client";

/** Something done to one's own sign-in; who one is is read again after it. */
function useOwnDeed<Wish>(deed: (wish: Wish) => Promise<unknown>) {
  const known = useQueryClient();
  return useMutation({ mutationFn: deed, onSuccess: () => void known.invalidateQueries({ queryKey: ["session"] }) });
}

export function useNewPassword() {
  return useOwnDeed((body: { current: string; password: string }) => api.PUT("/api/v1/session/password", { body }));
}

/** What an authenticator app needs; shown this once. */
export function useBeginCodes() {
  return useMutation({ mutationFn: async () => (await api.POST("/api/v1/session/codes")).data ?? null });
}

/** Show the first code: from then on one is asked for. */
export function useShowCode() {
  return useOwnDeed((code: string) => api.PUT("/api/v1/session/codes", { body: { code } }));
}

export function useStopCodes() {
  return useOwnDeed((password: string) => api.POST("/api/v1/session/codes/end", { body: { password } }));
}
