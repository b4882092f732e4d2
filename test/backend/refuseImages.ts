import { readImageHeader } from '../../src/shared/images.ts';
import type { Model } from './models.ts';
import { firstOf, invalid, type Refusal } from './refusal.ts';
import { asList, asRecord, asText, type Json } from './values.ts';

const details: readonly unknown[] = [undefined, 'auto', 'low', 'high', 'original'];
/** Of an image at full detail, in squares of 32 pixels (WIRE.md b). */
const mostPatches = 10_000;

/** What is wrong with an image by itself, if anything. */
export function refuseImage(part: Json, param: string): Refusal | undefined {
  const url = asText(part['image_url']);
  if (/^https:\/\/\S+$/.test(url)) return undefined;
  const unreadable = invalid(`${param}.image_url`, 'The image could not be read.');
  const [, type, base64 = ''] =
    /^data:(image\/(?:png|jpeg|gif|webp));base64,([A-Za-z0-9+/]+=*)$/.exec(url) ?? [];
  const header = type === undefined ? undefined : readImageHeader(Buffer.from(base64, 'base64'));
  if (header?.type !== type || !header) return unreadable;
  if (!details.includes(part['detail']))
    return invalid(`${param}.detail`, `Invalid value: '${asText(part['detail'])}'.`);
  const patches = Math.ceil(header.width / 32) * Math.ceil(header.height / 32);
  return patches > mostPatches
    ? invalid(`${param}.image_url`, `The image has ${patches} patches, at most ${mostPatches} fit.`)
    : undefined;
}

/** What is wrong with there being images at all: the model, or the shape of the request. */
export function refuseImages(
  input: readonly unknown[],
  model: Model | undefined,
  isLite: boolean,
): Refusal | undefined {
  return firstOf(input.map(asRecord), (item, at) =>
    firstOf([...asList(item['content']), ...asList(item['output'])].map(asRecord), (part) => {
      if (part['type'] !== 'input_image') return undefined;
      const param = `input[${at}].content`;
      if (model?.seesImages === false)
        return invalid(param, `The model '${model.slug}' does not support image input.`);
      return isLite && part['detail'] !== undefined
        ? invalid(param, "Unknown parameter: 'detail'.", 'unknown_parameter')
        : undefined;
    }),
  );
}
