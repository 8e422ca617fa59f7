// What stands behind the library's values, for this room's own files and their tests. Not installed. Templates, so that
// it needs none of their headers.
#pragma once

#include <utility>

namespace sanerf::api {

struct LibraryAccess {
  template <class Options>
  static const auto& SettingsOf(const Options& options) {
    return *options.settings_;
  }
  template <class Scene>
  static const auto& SceneOf(const Scene& scene) {  // a shared one
    return scene.scene_;
  }
  template <class RadianceField>
  static const auto& ModelOf(const RadianceField& field) {
    return *field.model_;
  }
  template <class EncodedViews>
  static const auto& FeaturesOf(const EncodedViews& views) {  // shared ones
    return views.features_;
  }
  template <class EncodedViews>
  static const auto& SamOf(const EncodedViews& views) {  // a shared one
    return views.sam_;
  }
  template <class Session>
  static auto& InsideOf(Session& session) {
    return *session.impl_;
  }
  template <class Value, class... Inside>
  static Value Make(Inside&&... inside) {
    return Value(std::forward<Inside>(inside)...);
  }
};

}  // namespace sanerf::api
