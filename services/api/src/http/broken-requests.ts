import { ApiError, errorResponse } from '@partitura/conductor-api';
import type { Metrics } from '@partitura/telemetry';
import type { FastifyServerOptions } from 'fastify';

type OnBroken = NonNullable<FastifyServerOptions['clientErrorHandler']>;

const answers: Readonly<Record<string, readonly [status: number, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request took too long to arrive'],
  HPE_HEADER_OVERFLOW: [431, 'the headers are too large'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'the chunk extensions are too large'],
};
const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  431: 'Request Header Fields Too Large',
};

/**
 * Bytes that never became a request: too slow, too large, no HTTP. They are answered in the form of all other errors, the
 * connection ends with the answer, and nothing is logged, since anybody can send as many of them as he likes.
 */
export function answerBroken(metrics: Metrics, hostName: string): OnBroken {
  const broken = metrics.counter('http_broken_requests_total', 'Connections that ended without a request', ['status']);
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const [status, message] = answers[error.code] ?? [400, 'this is no HTTP request'];
    broken.add(1, { status: String(status) });
    if (socket.writable) {
      const body = JSON.stringify(errorResponse(new ApiError(status, message), hostName));
      socket.write(
        `HTTP/1.1 ${status} ${reasons[status] ?? 'Error'}\r\nContent-Type: application/json\r\n` +
          `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      );
    }
    socket.destroySoon();
  };
}
