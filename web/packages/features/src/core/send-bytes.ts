import { ApiProblem, retryAfterSeconds } from "@tenon/api-client";

export type SendingBytes = { onProgress: (share: number) => void; signal: AbortSignal };

/** Sends a file's bytes and tells how far they are. `fetch` cannot tell that, so it is the older way. */
export function sendBytes<Answer>(
  path: string,
  query: Record<string, string>,
  file: File,
  { onProgress, signal }: SendingBytes,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${path}?${new URLSearchParams(query)}`);
    request.setRequestHeader("X-Tenon-Request", "1");
    request.setRequestHeader("Content-Type", file.type === "" ? "application/octet-stream" : file.type);
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as Answer);
      else reject(problemOf(request));
    };
    request.onerror = () =>
      reject(new ApiProblem({ status: 0, code: "offline", title: "The server could not be reached" }));
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

function problemOf(request: XMLHttpRequest): ApiProblem {
  const body: unknown = request.response;
  const said = typeof body === "object" && body !== null && "code" in body ? body : {};
  const code = request.status === 413 ? "too_large" : `http_${request.status}`;
  const retryAfter = retryAfterSeconds(request.getResponseHeader("Retry-After"), Date.now());
  return new ApiProblem({ code, ...said, status: request.status }, retryAfter);
}
