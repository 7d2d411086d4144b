import { NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useNames } from "../../../fields/entries";
import { useSession } from "../../../shell/session";
import { grantable, type Role } from "./users";

interface RoleProps {
  role: Role;
  agent: string;
  onRole: (role: Role) => void;
  onAgent: (agent: string) => void;
}

/** What somebody is here for; and, for those who answer contacts, which agent they are. */
export function RoleFields({ role, agent, onRole, onAgent }: RoleProps) {
  const { t } = useTranslation();
  const { session } = useSession();
  const agents = useNames("agents");
  const roles = session ? grantable(session.role) : [];
  return (
    <>
      <NativeSelect
        label={t("people.role")}
        description={t(`people.roles.${role}_about`)}
        value={role}
        data={roles.map((one) => ({ value: one, label: t(`people.roles.${one}`) }))}
        onChange={(event) => onRole(event.currentTarget.value as Role)}
      />
      {(role === "agent" || role === "supervisor" || agent !== "") && (
        <NativeSelect
          label={t("people.agent")}
          description={t("people.agent_about")}
          value={agent}
          data={[{ value: "", label: t("people.no_agent") }, ...agents]}
          onChange={(event) => onAgent(event.currentTarget.value)}
        />
      )}
    </>
  );
}
