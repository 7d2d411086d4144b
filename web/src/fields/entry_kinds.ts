import { ByLanguage } from "./by_language";
import { AgentsByTier, ShareByTier, TimeByTier } from "./by_tier";
import { Day } from "./day";
import { SkillLevels } from "./levels";
import { Country, Zone } from "./place";
import { learn, scalar, scalars, texts } from "./registry";
import { Spans } from "./spans";
import { WeekHours } from "./week";
import { readWeek } from "./weeks";

/** Kinds that entries of the workspace have and steps do not: whoever imports this draws them. */
learn({
  country: scalar(Country),
  zone: scalar(Zone),
  day: scalar(Day),
  spans: texts(Spans),
  week: { Draw: WeekHours, fits: (value) => readWeek(value) !== null },
  skill_levels: scalars(SkillLevels),
  agents_by_tier: scalars(AgentsByTier),
  share_by_tier: scalars(ShareByTier),
  time_by_tier: scalars(TimeByTier),
  by_language: scalars(ByLanguage),
});
