import { ApiProblem, retryAfterSeconds, type Upload } from "@tenon/api-client";

/** Sends a file's bytes and tells how far they are. `fetch` cannot tell that, so it is the older way. */
export function uploadFile(
  file: File,
  {
    inline,
    onProgress,
    signal,
  }: { inline: boolean; onProgress: (share: number) => void; signal: AbortSignal },
): Promise<Upload> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const query = new URLSearchParams({ name: file.name, inline: String(inline) });
    request.open("POST", `/api/v1/uploads?${query}`);
    request.setRequestHeader("X-Tenon-Request", "1");
    request.setRequestHeader("Content-Type", file.type === "" ? "application/octet-stream" : file.type);
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as Upload);
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
