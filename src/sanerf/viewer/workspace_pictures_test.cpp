#include "sanerf/viewer/workspace_pictures.h"

#include <gtest/gtest.h>

#include "sanerf/core/error.h"
#include "sanerf/viewer/call_errors.h"
#include "sanerf/viewer/workspace_test_support.h"

namespace sanerf::viewer {
namespace {

class WorkspacePicturesTest : public WorkspaceTest {};

TEST_F(WorkspacePicturesTest, APhotoThatIsNotThereOrOfNoSizeIsRefused) {
  Workspace workspace(OfScene(), audience_);
  for (const int nowhere : {-1, int(workspace.Views().size()), 1'000'000})
    EXPECT_THROW(workspace.Photo(nowhere, 32, StopToken()), NotFound);
  EXPECT_THROW(workspace.Photo(0, 0, StopToken()), UsageError);
  EXPECT_THROW(workspace.Photo(0, 100'000, StopToken()), UsageError);
}

}  // namespace
}  // namespace sanerf::viewer
