import { encodeQR } from "qr";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

/** What authenticator apps read with their camera. Dark on light in both looks: not all of them read the reverse. */
export default function KeyPicture({ address }: { address: string }) {
  const { t } = useTranslation();
  const dots = useMemo(() => encodeQR(address, "raw", { border: 2 }), [address]);
  const path = dots.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  return (
    <svg role="img" aria-label={t("me.picture")} className="settings-key" viewBox={`0 0 ${dots.length} ${dots.length}`} shapeRendering="crispEdges">
      <path d={path} />
    </svg>
  );
}
