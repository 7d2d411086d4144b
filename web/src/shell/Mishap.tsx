import { Button, Center, Stack } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { Translation } from "react-i18next";
import { isMissing } from "./missing";

/** Where a page broke by our own fault: says so, and lets one go on. What was drawn is with the server by then. */
export class Mishap extends Component<{ children: ReactNode }, { why: string | null }> {
  override state: { why: string | null } = { why: null };

  static getDerivedStateFromError(why: unknown) {
    return { why: why instanceof Error ? why.message : String(why) };
  }

  override render() {
    const { why } = this.state;
    if (why === null) return this.props.children;
    return (
      <Translation>
        {(t) => (
          <Center h="100%" component="main">
            <Stack align="center" role="alert">
              <p>{t(isMissing(why) ? "app.missing" : "app.broke")}</p>
              <p className="muted small code">{why}</p>
              <Button onClick={() => location.reload()}>{t("app.again")}</Button>
            </Stack>
          </Center>
        )}
      </Translation>
    );
  }
}
