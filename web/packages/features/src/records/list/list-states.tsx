import { Button, Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./list.module.css";

type MoreRowProps = { failed: boolean; retry: () => void; height: number };

export function MoreRow({ failed, retry, height }: MoreRowProps) {
  const { t } = useTranslation();
  if (!failed) return <GhostRow seed={3} height={height} />;
  return (
    <div className={classes.more} style={{ height }}>
      {t("records.list.more_failed")}
      <Button size="compact-xs" variant="default" onClick={retry}>
        {t("problem.retry")}
      </Button>
    </div>
  );
}

function GhostRow({ seed, height }: { seed: number; height: number }) {
  return (
    <div className={classes.ghost} style={{ height }} aria-hidden="true">
      <Skeleton height={10} width={`${16 + ((seed * 17) % 14)}%`} />
      <Skeleton height={10} width={`${14 + ((seed * 29) % 20)}%`} />
      <Skeleton height={10} width={`${8 + ((seed * 13) % 10)}%`} />
    </div>
  );
}

export function TableSkeleton({ height }: { height: number }) {
  return (
    <div aria-busy="true">
      {Array.from({ length: 14 }, (_, row) => (
        <GhostRow key={row} seed={row} height={height} />
      ))}
    </div>
  );
}
