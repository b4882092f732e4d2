import type { Model } from './catalogue.ts';

const toUltra = ['low', 'medium', 'high', 'xhigh', 'max', 'ultra'];
const toMax = toUltra.slice(0, 5);
const toXhigh = toUltra.slice(0, 4);

/** What all models of the catalogue of client version 0.169.0 have in common, save where said. */
const usual = {
  description: '',
  lite: true,
  contextWindow: 272_000,
  effectivePercent: 95,
  efforts: toUltra,
  supportsVerbosity: true,
  defaultVerbosity: 'low',
  hidden: false,
} as const;

/**
 * The models to offer until the live catalogue was read: those of client version 0.169.0 (WIRE.md
 * e), the default first.
 */
export const bundledModels: readonly [Model, ...Model[]] = [
  { ...usual, slug: 'gpt-6.1-sol', name: 'GPT-6.1-Sol', defaultEffort: 'low', priority: 1 },
  { ...usual, slug: 'gpt-6-astra', name: 'GPT-6-Astra', defaultEffort: 'low', priority: 2 },
  { ...usual, slug: 'gpt-6-sol', name: 'GPT-6-Sol', defaultEffort: 'medium', priority: 3 },
  {
    ...usual,
    slug: 'gpt-6-luna',
    name: 'GPT-6-Luna',
    efforts: toMax,
    defaultEffort: 'medium',
    priority: 4,
  },
  {
    ...usual,
    slug: 'gpt-5.6-sol',
    name: 'GPT-5.6-Sol',
    defaultEffort: 'low',
    priority: 5,
    upgrade: 'gpt-6-sol',
  },
  {
    ...usual,
    slug: 'gpt-6.1-terra',
    name: 'GPT-6.1 Terra',
    contextWindow: 500_000,
    defaultEffort: 'low',
    priority: 7,
  },
  {
    ...usual,
    slug: 'gpt-5.6-terra',
    name: 'GPT-5.6-Terra',
    defaultEffort: 'medium',
    priority: 8,
    upgrade: 'gpt-6-sol',
  },
  {
    ...usual,
    slug: 'gpt-5.6-luna',
    name: 'GPT-5.6-Luna',
    efforts: toMax,
    defaultEffort: 'medium',
    priority: 9,
    upgrade: 'gpt-6-luna',
  },
  {
    ...usual,
    slug: 'gpt-daybreak-blue-latest',
    name: 'Daybreak Blue',
    defaultEffort: 'low',
    hidden: true,
    priority: 11,
  },
  {
    ...usual,
    slug: 'gpt-daybreak-red-latest',
    name: 'Daybreak Red',
    contextWindow: 372_000,
    defaultEffort: 'medium',
    defaultVerbosity: 'high',
    hidden: true,
    priority: 12,
  },
  {
    ...usual,
    slug: 'gpt-5.5',
    name: 'GPT-5.5',
    lite: false,
    efforts: toXhigh,
    defaultEffort: 'medium',
    priority: 13,
    upgrade: 'gpt-6-sol',
  },
  {
    ...usual,
    slug: 'codex-auto-review',
    name: 'Codex Auto Review',
    efforts: toMax,
    defaultEffort: 'medium',
    hidden: true,
    priority: 43,
  },
];
