// The pipeline, one function per stage. Each reads its input from the run folder (or the scene), writes its result
// there, reports to its job, saves when that is stopped (InterruptedError) and reuses what is complete and still valid.
//
//   1. Train                 photos to radiance field                 paper section A
//   2. Encode                views to encoder maps                    3.1
//   3. Segment               prompts to 2D masks to an object field   3.2, 3.3
//      SegmentAutomatically  the same without prompts                 4.5
//      PromptsFromText       words to prompts                         4.5
//   4. Render                pictures
//   5. Export                objects and scenes in the formats of other programs
//
// Scores on held-out views (4.2) and the demo are experiments: experiments/eval/eval_stage.h, experiments/demo_stage.h.
#pragma once

#include "sanerf/pipeline/auto_stage.h"
#include "sanerf/pipeline/encode_stage.h"
#include "sanerf/pipeline/export_stage.h"
#include "sanerf/pipeline/render_stage.h"
#include "sanerf/pipeline/segment_stage.h"
#include "sanerf/pipeline/text_stage.h"
#include "sanerf/pipeline/train_stage.h"
