import { Alert, Button, Loader } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

const REFRESH_MS = 5_000;

interface Page {
  next_cursor?: string | null;
}

/** A list that is read page by page, newest first. Only the first page is kept fresh: who looks at older ones is reading. */
export function usePages<P extends Page, One>(key: readonly unknown[], read: (cursor: string) => Promise<P | undefined>, ones: (page: P) => One[]) {
  const pages = useInfiniteQuery({
    queryKey: key,
    initialPageParam: "",
    queryFn: async ({ pageParam }) => (await read(pageParam)) ?? null,
    getNextPageParam: (page) => page?.next_cursor ?? undefined,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 1 ? false : REFRESH_MS),
  });
  return { ...pages, found: pages.data?.pages.flatMap((page) => (page ? ones(page) : [])) ?? [] };
}

/** Below what is looked for: the list, or why there is none, and the way to older pages. */
export function Pages({ pages, none, children }: { pages: ReturnType<typeof usePages>; none: string; children: ReactNode }) {
  const { t } = useTranslation();
  const failed = pages.error && (
    <Alert color="red" role="alert">
      {t("app.failed", { why: pages.error.message })}
    </Alert>
  );
  return (
    <>
      {!pages.isFetchNextPageError && failed}
      {pages.isPending && <Loader />}
      {pages.data && pages.found.length === 0 && <p className="muted">{none}</p>}
      {pages.found.length > 0 && children}
      {pages.isFetchNextPageError && failed}
      {pages.hasNextPage && (
        <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t("runs.older")}
        </Button>
      )}
    </>
  );
}
