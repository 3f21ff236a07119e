/** A record with a page of its own. */
import { useMediaQuery } from "@mantine/hooks";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useTitle } from "../../core";
import { RecordActingProvider } from "../acting/acting";
import { KIND_PATHS } from "./paths";
import { RecordContent } from "./record-content";
import { LoadedRecord } from "./record-states";

export function RecordScreen({ id }: { id: string }) {
  return <LoadedRecord id={id}>{(kind) => <Page key={id} id={id} kind={kind} />}</LoadedRecord>;
}

function Page({ id, kind }: { id: string; kind: Parameters<typeof RecordActingProvider>[0]["kind"] }) {
  const navigate = useNavigate();
  const router = useRouter();
  const wide = useMediaQuery("(min-width: 64em)") === true;
  const leave = () => {
    if (router.history.canGoBack()) router.history.back();
    else void navigate({ to: KIND_PATHS[kind] });
  };
  return (
    <RecordActingProvider kind={kind}>
      <RecordContent id={id} place="page" wide={wide} onClose={leave} useTitle={useTitle} />
    </RecordActingProvider>
  );
}
