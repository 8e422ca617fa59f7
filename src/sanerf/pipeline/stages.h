// The pipeline, one function per stage. Each reads its input from the run folder (or the scene), writes its result
// there, reports to its job, saves when that is stopped (InterruptedError) and reuses what is complete and still valid.
//
//   1. Train                 photos to radiance field                 paper section A
//   2. Encode                views to encoder maps                    3.1
//   3. Segment               prompts to 2D masks to an object field   3.2, 3.3
//      SegmentAutomatically  the same without prompts                 4.5
//      PromptsFromText       words to prompts                         4.5
//   4. Render                pictures
//   5. Evaluate              scores on held-out views                 4.2
//   6. Demo                  all of it on the procedural scene
#pragma once

#include "sanerf/pipeline/auto_stage.h"
#include "sanerf/pipeline/demo_stage.h"
#include "sanerf/pipeline/encode_stage.h"
#include "sanerf/pipeline/eval_output.h"
#include "sanerf/pipeline/eval_stage.h"
#include "sanerf/pipeline/render_stage.h"
#include "sanerf/pipeline/segment_stage.h"
#include "sanerf/pipeline/text_stage.h"
#include "sanerf/pipeline/train_stage.h"
