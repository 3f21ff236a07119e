/** `utf-8` as it is written for people. */
export const encodingName = (encoding: string): string => encoding.replace(/^utf/, "UTF").replace(/^w/, "W");
