/** What decodes the cameras' streams. */
import { z } from 'zod';

const hardware = ['none', 'vaapi', 'cuda'] as const;
export type HardwareDecoding = (typeof hardware)[number];

export const decodeSchema = z.strictObject({
  backend: z
    .enum(['av', 'ffmpeg'])
    .default('av')
    .describe(
      'av: in this process; ffmpeg: a child process a camera, for which nothing of FFmpeg is linked in',
    ),
  hardware: z
    .enum(hardware)
    .default('none')
    .describe('decodes on the graphics unit; where that fails, on the CPU, with a warning'),
  ffmpeg: z
    .string()
    .min(1)
    .max(4_096)
    .default('ffmpeg')
    .describe('program of the backend ffmpeg, 5.1 or newer; a name is looked for in PATH'),
});

export type DecodeSettings = z.infer<typeof decodeSchema>;

export const defaultDecode: DecodeSettings = decodeSchema.parse({});
