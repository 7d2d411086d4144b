import {
  IconArrowsSplit,
  IconCalendarTime,
  IconClock,
  IconDatabaseSearch,
  IconGitFork,
  IconHistory,
  type Icon,
  IconHourglass,
  IconMail,
  IconMessage,
  IconMessageQuestion,
  IconMusic,
  IconNote,
  IconPhoneCall,
  IconPhoneIncoming,
  IconPhoneOff,
  IconPhoneOutgoing,
  IconRoute,
  IconSend,
  IconSettings,
  IconSquare,
  IconTable,
  IconTag,
  IconUsersGroup,
  IconUserStar,
  IconVariable,
  IconVolume,
  IconWebhook,
} from "@tabler/icons-react";
import type { Permission } from "./session";

interface Place {
  name: string;
  path: string;
  Icon: Icon;
  needs?: Permission;
  /** Who may do this finds it elsewhere. */
  unless?: Permission;
}

/** The pages of the rail, in their order; some are only for those who may do what they `need`. */
export const PLACES: Place[] = [
  { name: "flows", path: "/flows", Icon: IconRoute, needs: "flows.read" },
  { name: "runs", path: "/runs", Icon: IconHistory, needs: "runs.read" },
  { name: "voicemails", path: "/runs/voicemails", Icon: IconMail, needs: "voicemails.read", unless: "runs.read" },
  { name: "settings", path: "/settings", Icon: IconSettings, needs: "workspace.read" },
];

/** Pictures of the types that ship; a type of somebody's own has that of its group. */
const OF_TYPE: Record<string, Icon> = {
  incoming_call: IconPhoneIncoming,
  incoming_message: IconMessage,
  webhook: IconWebhook,
  schedule: IconCalendarTime,
  fetch_variables: IconDatabaseSearch,
  set_variables: IconVariable,
  look_up_table: IconTable,
  send_request: IconWebhook,
  branch: IconGitFork,
  opening_hours: IconClock,
  split: IconArrowsSplit,
  say: IconVolume,
  play: IconMusic,
  ask: IconMessageQuestion,
  send_message: IconSend,
  wait: IconHourglass,
  voicemail: IconMail,
  add_to_queue: IconUsersGroup,
  forward_call: IconPhoneOutgoing,
  connect_owner: IconUserStar,
  call_back: IconPhoneCall,
  run_flow: IconRoute,
  tag: IconTag,
  note: IconNote,
  hang_up: IconPhoneOff,
};
const OF_GROUP: Record<string, Icon> = {
  start: IconPhoneIncoming,
  data: IconDatabaseSearch,
  decide: IconGitFork,
  talk: IconVolume,
  route: IconUsersGroup,
  finish: IconPhoneOff,
};

/** The picture of a type of step or trigger. */
export function iconOf(type: string, group: string): Icon {
  return OF_TYPE[type] ?? OF_GROUP[group] ?? IconSquare;
}
