import { ActionIcon, Alert, Button, Loader, Menu, Modal } from "@mantine/core";
import { IconDots, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Headings } from "../../../shell/Headings";
import { useSession } from "../../../shell/session";
import { sinceThen } from "../../../shell/times";
import { useMay } from "../../../shell/session";
import { Asking, type Question } from "./Asking";
import { Inviting } from "./Inviting";
import { OneTimeLink } from "./OneTimeLink";
import { RoleSheet } from "./RoleSheet";
import { grantable, standingOf, type User, useNewLink, useUsers } from "./users";

/** Everybody who can sign in, and what each of them may do. */
export default function PeoplePage() {
  const { t } = useTranslation();
  const { data, error, isPending } = useUsers();
  const mayChange = useMay()("users.change");
  const [isInviting, setIsInviting] = useState(false);
  return (
    <>
      <header className="settings-head">
        <div>
          <h1>{t("settings.places.people")}</h1>
          <p className="muted">{t("people.about")}</p>
        </div>
        {mayChange && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setIsInviting(true)}>
            {t("people.invite")}
          </Button>
        )}
      </header>
      {error && <Alert color="red">{t("app.failed", { why: error.message })}</Alert>}
      {isPending && <Loader />}
      {data && <Table users={data} mayChange={mayChange} />}
      {isInviting && <Inviting onClose={() => setIsInviting(false)} />}
    </>
  );
}

function Table({ users, mayChange }: { users: readonly User[]; mayChange: boolean }) {
  const { t } = useTranslation();
  return (
    <div className="settings-scroll">
      <table className="settings-table card figures">
        <Headings names={[t("sign_in.name"), t("people.role"), t("people.state"), t("people.codes"), t("people.since")]} last={mayChange && t("people.deeds")} />
        <tbody>
          {users.map((user) => (
            <Row key={user.id} user={user} mayChange={mayChange} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** As agents are shown who are there, away or gone. */
const STATES = { active: "available", invited: "away", disabled: "offline" };

function Row({ user, mayChange }: { user: User; mayChange: boolean }) {
  const { t, i18n } = useTranslation();
  const standing = standingOf(user);
  return (
    <tr>
      <th scope="row">{user.name}</th>
      <td>
        {t(`people.roles.${user.role}`)}
        {user.agent && <span className="muted"> · {user.agent}</span>}
      </td>
      <td>
        <span className="settings-state" data-state={STATES[standing]}>
          <span className="settings-dot" aria-hidden />
          {t(`people.states.${standing}`)}
        </span>
      </td>
      <td>{user.has_codes ? t("people.has_codes") : <span className="muted">{t("people.no_codes")}</span>}</td>
      <td className="muted">{sinceThen(user.created_at, i18n.language)}</td>
      {mayChange && (
        <td>
          <Deeds user={user} />
        </td>
      )}
    </tr>
  );
}

/** What may be done to somebody; nobody shuts themselves out here. */
function Deeds({ user }: { user: User }) {
  const { t } = useTranslation();
  const { session } = useSession();
  const [question, setQuestion] = useState<Question | null>(null);
  const [isRole, setIsRole] = useState(false);
  const newLink = useNewLink();
  if (!session || !grantable(session.role).includes(user.role)) return null;
  const isMe = session.name === user.name;
  const isOut = user.disabled_at !== null;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={28} aria-label={t("people.do", { name: user.name })}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setIsRole(true)}>{t("people.change_role")}</Menu.Item>
          {!isOut && <Menu.Item onClick={() => newLink.mutate(user.id)}>{t("people.new_link")}</Menu.Item>}
          {user.has_codes && <Menu.Item onClick={() => setQuestion("end_codes")}>{t("people.end_codes")}</Menu.Item>}
          {!isMe && <Menu.Item onClick={() => setQuestion(isOut ? "enable" : "disable")}>{t(isOut ? "people.enable" : "people.disable")}</Menu.Item>}
          {!isMe && (
            <Menu.Item className="settings-remove" onClick={() => setQuestion("forget")}>
              {t("people.forget")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {question && <Asking user={user} question={question} onClose={() => setQuestion(null)} />}
      {isRole && <RoleSheet user={user} onClose={() => setIsRole(false)} />}
      {newLink.data && <OneTimeLink name={user.name} link={newLink.data} onClose={() => newLink.reset()} />}
      <Modal opened={newLink.error !== null} onClose={() => newLink.reset()} closeButtonProps={{ "aria-label": t("inspector.close") }} title={t("people.new_link")}>
        <Alert color="red" role="alert">{t("app.failed", { why: newLink.error?.message })}</Alert>
      </Modal>
    </>
  );
}
