import { z } from 'zod';

/** A model's name: it stands in the configuration, and is a folder's name. */
export const modelNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'a model name is 1 to 64 letters, digits, ., _ or -, and begins with a letter or digit',
  );
