import type { DeliveryReport } from '../core/delivery.ts';
import type { JsonObject } from '../domain/json.ts';
import { credentialJson } from './credential-json.ts';

/** Where a new secret went, told without it. */
export function deliveryJson({ saved, sinks, printed, fingerprint }: DeliveryReport): JsonObject {
  return {
    saved: saved === null ? null : credentialJson(saved),
    sinks: [...sinks],
    printed,
    fingerprint,
  };
}
