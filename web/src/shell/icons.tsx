import { IconRoute, type Icon } from "@tabler/icons-react";

/** The pages of the rail, in their order. */
export const PLACES: { name: string; path: string; Icon: Icon }[] = [{ name: "flows", path: "/flows", Icon: IconRoute }];
