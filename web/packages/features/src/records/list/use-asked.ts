import { useRef } from "react";
import type { Kind, Pipeline, RecordsAsked } from "../core/types";
import { toFilter } from "../filter/model";
import type { ListState } from "./list-state";

function askedOf(kind: Kind, pipeline: Pipeline | undefined, state: ListState, search: string): RecordsAsked {
  const filter = toFilter(state.filter);
  return {
    kind,
    ...(pipeline === undefined ? {} : { pipeline: pipeline.id }),
    ...(filter === undefined ? {} : { filter }),
    ...(state.sort === undefined ? {} : { sort: [state.sort] }),
    ...(search === "" ? {} : { search }),
  };
}

/** What is asked of the server; the same object while nothing of it changed. */
export function useAsked(
  kind: Kind,
  pipeline: Pipeline | undefined,
  state: ListState,
  search: string,
): RecordsAsked {
  const asked = askedOf(kind, pipeline, state, search);
  const name = JSON.stringify(asked);
  const last = useRef({ name, asked });
  if (last.current.name !== name) last.current = { name, asked };
  return last.current.asked;
}
