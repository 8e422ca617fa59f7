#include "sanerf/nerf/trace.h"

#include <algorithm>
#include <optional>

#include "sanerf/core/parallel.h"
#include "sanerf/core/worker_pool.h"
#include "sanerf/kernels/tiled.h"
#include "sanerf/nerf/block_tracer.h"
#include "sanerf/nerf/model_access.h"
#include "sanerf/nerf/query.h"

namespace sanerf::nerf {

using kernels::Tiled;

namespace {

constexpr int64_t kRaysPerGroup = 256;  // traced together by one thread
constexpr int64_t kGroupsAtOnce = 64;   // between two checks of the job; their parts are held beside the table

// Buffers of one thread.
class GroupTracer {
 public:
  GroupTracer(const NerfModel& model, const TraceRequest& what)
      : what_(what), over_time_(model.num_moments() > 1), tracer_(ModelAccess::Traced(model), what.min_weight) {}

  void Trace(std::vector<Ray> rays, TracedRays* out);

 private:
  void AddWave();
  void CopyRays(const std::vector<Ray>& rays, TracedRays* out) const;
  template <class T>
  void CopySorted(const std::vector<T>& found, std::vector<T>* sorted) const {
    sorted->resize(found.size());
    for (size_t i = 0; i < found.size(); ++i) (*sorted)[place_[i]] = found[i];
  }

  const TraceRequest& what_;
  const bool over_time_;
  BlockTracer tracer_;
  TracedRays found_;           // samples in the order in which the waves bring them
  std::vector<int> ray_;       // of each of them
  std::vector<size_t> place_;  // in the order of the rays
  std::vector<RayDepth> depths_;
};

void GroupTracer::AddWave() {
  const RayTracer& wave = tracer_.tracer();
  if (what_.opacity) wave.AddDepths(depths_.data());
  const Tiled<const float> positions = wave.positions(), geometry = wave.density_out();
  tracer_.ForEachVisible([&](int64_t, int ray, int slot) {
    ray_.push_back(ray);
    found_.weight.push_back(wave.weights()[slot]);
    positions.Get(slot, found_.unit.emplace_back().data());
    if (what_.geometry) geometry.Get(slot, found_.geometry.emplace_back().data());
    if (!what_.distances) return;
    found_.t.push_back(wave.t()[slot]);
    found_.dt.push_back(wave.dt()[slot]);
  });
  if (!what_.color) return;
  const Tiled<const float> rgb = tracer_.Colors();
  tracer_.ForEachVisible([&](int64_t i, int, int) { rgb.Get(i, found_.color.emplace_back().data()); });
}

void GroupTracer::CopyRays(const std::vector<Ray>& rays, TracedRays* out) const {
  out->origin.clear();
  out->direction.clear();
  out->z_per_t.clear();
  for (const Ray& ray : rays) {
    out->origin.push_back({ray.origin[0], ray.origin[1], ray.origin[2]});
    out->direction.push_back({ray.direction[0], ray.direction[1], ray.direction[2]});
    out->z_per_t.push_back(ray.z_per_t);
  }
}

void GroupTracer::Trace(std::vector<Ray> rays, TracedRays* out) {
  const size_t num_rays = rays.size();
  if (what_.rays) CopyRays(rays, out);
  out->time.clear();
  for (size_t ray = 0; over_time_ && ray < num_rays; ++ray) out->time.push_back(rays[ray].time);
  depths_.assign(num_rays, {});
  ray_.clear();
  for (auto* column : {&found_.weight, &found_.t, &found_.dt}) column->clear();
  found_.unit.clear();
  found_.geometry.clear();
  found_.color.clear();
  tracer_.Begin(std::move(rays));
  while (tracer_.NextWave()) AddWave();

  // By ray; waves bring each ray's samples front to back.
  out->first.assign(num_rays + 1, 0);
  for (const int ray : ray_) ++out->first[size_t(ray) + 1];
  for (size_t ray = 0; ray < num_rays; ++ray) out->first[ray + 1] += out->first[ray];
  std::vector<int64_t> next(out->first.begin(), out->first.end() - 1);
  place_.clear();
  for (const int ray : ray_) place_.push_back(size_t(next[size_t(ray)]++));
  CopySorted(found_.unit, &out->unit);
  CopySorted(found_.weight, &out->weight);
  CopySorted(found_.t, &out->t);
  CopySorted(found_.dt, &out->dt);
  CopySorted(found_.geometry, &out->geometry);
  CopySorted(found_.color, &out->color);
  out->opacity.clear();
  out->median_t.clear();
  for (size_t ray = 0; what_.opacity && ray < num_rays; ++ray) {
    out->opacity.push_back(std::min(1.0f, depths_[ray].opacity));
    out->median_t.push_back(depths_[ray].median_t);
  }
}

}  // namespace

TracedRays Trace(const NerfModel& model, std::span<const Ray> rays, const TraceRequest& what, const Job& job) {
  std::optional<Task> task;
  if (!what.title.empty()) task.emplace(job, what.title, int64_t(rays.size()), "rays");
  const ThreadLimit threads(job.num_threads());
  const int64_t num_rays = int64_t(rays.size()), num_at_once = kGroupsAtOnce * kRaysPerGroup;
  WorkerPool<GroupTracer> tracers;
  std::vector<TracedRays> parts;
  TracedRays all;
  for (int64_t begin = 0; begin < num_rays; begin += num_at_once) {
    const int64_t end = std::min(num_rays, begin + num_at_once);
    parts.resize(size_t((end - begin + kRaysPerGroup - 1) / kRaysPerGroup));
    ParallelForChunks(int64_t(parts.size()), 1, [&](int64_t group, int64_t) {
      if (job.stop_requested()) return;
      const auto tracer = tracers.Take([&] { return std::make_unique<GroupTracer>(model, what); });
      const auto from = rays.begin() + begin + group * kRaysPerGroup;
      tracer->Trace({from, from + std::min(kRaysPerGroup, rays.end() - from)}, &parts[size_t(group)]);
    });
    job.ThrowIfStopped("tracing of the rays");
    for (const TracedRays& part : parts) all.Append(part);
    if (task) task->Update(end);
  }
  if (task) task->Finish();
  return all;
}

void TraceBlocks(const NerfModel& model, const PartOfView& view, const TraceRequest& what,
                 const std::function<void(const PixelBlock&, const TracedRays&)>& use, const Job& job) {
  struct Worker {
    GroupTracer tracer;
    TracedRays traced;
  };
  const Camera camera = view.camera.In(model.model_from_file());
  const ThreadLimit threads(job.num_threads());
  ForEachBlock(
      view.pixels,
      [&] {
        return std::unique_ptr<Worker>(new Worker{GroupTracer(model, what), TracedRays()});
      },
      [&](Worker& worker, const PixelBlock& block) {
        worker.tracer.Trace(RaysOf(camera, block), &worker.traced);
        use(block, worker.traced);
      },
      job);
}

TracedRays RaysEndingIn(const NerfModel& model, std::span<const Vec3> points, std::span<const double> times,
                        const Job& job) {
  TracedRays rays;
  rays.geometry = Query(model, {points, {}, times}, job).geometry;
  if (model.num_moments() > 1) rays.time.assign(points.size(), 0.0f);
  for (size_t i = 0; i < rays.time.size() && i < times.size(); ++i) rays.time[i] = float(times[i]);
  rays.weight.assign(points.size(), 1);
  const RadianceField& field = ModelAccess::Traced(model).field;
  for (const Vec3& point : points) {
    const Eigen::Vector3f p = (model.model_from_file() * point).cast<float>();
    field.ToUnit(p.data(), rays.unit.emplace_back().data());
    rays.first.push_back(int64_t(rays.unit.size()));
  }
  return rays;
}

}  // namespace sanerf::nerf
