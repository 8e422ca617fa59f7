// Requests to the server. What goes wrong is an ApiError with the program's own sentences.
import type { Edit, EditResult, Encoding, Hover, ServerError, State, Strip, View } from './protocol';

export class ApiError extends Error {
  constructor(
    readonly status: number, // 0: the server was not reached
    readonly what: string,
    readonly why = '',
    readonly hint = '',
    readonly encoding: Encoding | null = null,
  ) {
    super(what);
  }
}

// Not reached, or not let in: it may be back soon, as a restarted program is.
export const isAway = (error: unknown): boolean => error instanceof ApiError && (error.status === 0 || error.status === 401);

export type Query = Record<string, string | number>;

export function address(path: string, query: Query = {}): string {
  const text = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)])).toString();
  return text === '' ? `api/${path}` : `api/${path}?${text}`;
}

async function errorOf(response: Response): Promise<ApiError> {
  try {
    const body = (await response.json()) as { error?: Partial<ServerError>; encoding?: Encoding };
    const error = body.error ?? {};
    return new ApiError(response.status, error.what ?? response.statusText, error.why, error.hint, body.encoding ?? null);
  } catch {
    return new ApiError(response.status, `The server answered ${response.status} ${response.statusText}`.trim());
  }
}

async function send(path: string, query: Query, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address(path, query), { credentials: 'same-origin', ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'The program does not answer', '', 'Is sanerf view still running?');
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

export async function getJson<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return (await (await send(path, query, signal ? { signal } : {})).json()) as T;
}

export function getStream(path: string, query: Query, signal?: AbortSignal): Promise<Response> {
  return send(path, query, signal ? { signal } : {});
}

export async function post<T>(path: string, body: unknown): Promise<T> {
  const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  return (await (await send(path, {}, init)).json()) as T;
}

export const getState = (): Promise<State> => getJson('state');
export const getViews = (): Promise<View[]> => getJson('views');
export const getStrip = (object: number): Promise<Strip> => getJson('strip', { object });
export const getHover = (query: Query, signal: AbortSignal): Promise<Hover> => getJson('hover', query, signal);
export const postEdit = (edit: Edit): Promise<EditResult> => post('edit', edit);

// One name per tab: of one client the server goes on with the newest request alone.
export const clientName = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) =>
  byte.toString(16).padStart(2, '0')).join('');
