#include "export_seeds.h"

#include <fmt/format.h>

#include <Eigen/Geometry>
#include <cmath>

#include "scene_folder.h"

namespace sanerf::fuzz {
namespace {

// World from camera with x right, y down, z forward.
Mat3 OpenCvRotation(int i) { return RingPose(i).rotation * Vec3(1, -1, -1).asDiagonal(); }

std::string RowsOf(const Mat3& rotation, const Vec3& center) {
  std::string rows;
  for (int r = 0; r < 3; ++r)
    rows += fmt::format("{} {} {} {} ", rotation(r, 0), rotation(r, 1), rotation(r, 2), center[r]);
  return rows + "0 0 0 1";
}

void WriteMetashape(const Seeds& seeds) {
  std::string cameras;
  for (int i = 0; i < kNumPhotos; ++i)
    cameras += fmt::format(
        "<camera id=\"{0}\" sensor_id=\"0\" component_id=\"0\" label=\"{0}\"><transform>{1}</transform></camera>\n", i,
        RowsOf(OpenCvRotation(i), RingPose(i).translation));
  seeds.Write("metashape", "four.xml",
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<document version=\"2.0.0\">\n<chunk label=\"Chunk 1\">\n"
              "<sensors><sensor id=\"0\" type=\"frame\"><resolution width=\"16\" height=\"12\"/>\n"
              "<calibration type=\"frame\" class=\"adjusted\"><resolution width=\"16\" height=\"12\"/><f>20</f>"
              "<cx>0.5</cx><cy>-0.5</cy><b1>0.1</b1><b2>0</b2><k1>-0.1</k1><k2>0.01</k2><k3>0</k3><p1>0.001</p1>"
              "<p2>0.002</p2></calibration></sensor></sensors>\n<components><component id=\"0\"><transform>"
              "<rotation>1 0 0 0 1 0 0 0 1</rotation><translation>1 2 3</translation><scale>2</scale></transform>"
              "</component></components>\n<cameras><group label=\"g\">" +
                  cameras + "</group><camera id=\"9\" label=\"lost\"/></cameras></chunk></document>\n");
}

void WriteRealityCapture(const Seeds& seeds) {
  std::string rows = "#cameras 4\n#name,x,y,alt,heading,pitch,roll,f,px,py,k1,k2,k3,k4,t1,t2\n";
  for (int i = 0; i < kNumPhotos; ++i) {
    const Vec3 center = RingPose(i).translation;
    rows += fmt::format("{}.jpg,{},{},{},{},63.4,0,45,0.1,-0.1,-0.1,0.01,0,0,0.001,0\n", i, center.x(), center.y(),
                        center.z(), -90 * (i + 1));
  }
  seeds.Write("realitycapture", "four.csv", rows + "\"lost, too.jpg\",,,,,,,,,,,,,,,\n");
}

void WriteOpenSfm(const Seeds& seeds) {
  Json shots = Json::object();
  for (int i = 0; i < kNumPhotos; ++i) {
    const Mat3 cam_from_world = OpenCvRotation(i).transpose();
    const Eigen::AngleAxisd turn(cam_from_world);
    const Vec3 axis = turn.angle() * turn.axis(), t = -(cam_from_world * RingPose(i).translation);
    shots[fmt::format("{}.png", i)] = {{"rotation", {axis.x(), axis.y(), axis.z()}},
                                       {"translation", {t.x(), t.y(), t.z()}},
                                       {"camera", i % 2 == 0 ? "brown" : "plain"}};
  }
  const Json cameras = {
      {"brown",
       {{"projection_type", "brown"},
        {"width", 16},
        {"height", 12},
        {"focal_x", 1.25},
        {"focal_y", 1.3},
        {"c_x", 0.01},
        {"c_y", 0},
        {"k1", -0.1},
        {"k2", 0.01},
        {"p1", 0.001},
        {"p2", 0},
        {"k3", 0}}},
      {"plain",
       {{"projection_type", "perspective"}, {"width", 16}, {"height", 12}, {"focal", 1.25}, {"k1", 0}, {"k2", 0}}}};
  const Json points = {{"7", {{"coordinates", {0.1, 0.2, 0.3}}, {"color", {1, 2, 3}}}}};
  seeds.WriteJson("opensfm", "four.json",
                  Json::array({Json{{"cameras", cameras}, {"shots", shots}, {"points", points}}}));
}

void WriteMeshroom(const Seeds& seeds) {
  const auto texts = [](const std::vector<double>& numbers) {
    Json list = Json::array();
    for (const double number : numbers) list.push_back(fmt::format("{}", number));
    return list;
  };
  Json views = Json::array(), poses = Json::array();
  for (int i = 0; i < kNumPhotos; ++i) {
    const Mat3 r = OpenCvRotation(i);
    const Vec3 c = RingPose(i).translation;
    const std::string id = fmt::format("{}", i);
    views.push_back({{"viewId", id}, {"poseId", id}, {"intrinsicId", "7"}, {"path", "C:/capture/" + id + ".jpg"}});
    const Json rotation = texts({r(0, 0), r(0, 1), r(0, 2), r(1, 0), r(1, 1), r(1, 2), r(2, 0), r(2, 1), r(2, 2)});
    const Json transform = {{"rotation", rotation}, {"center", texts({c.x(), c.y(), c.z()})}};
    poses.push_back({{"poseId", id}, {"pose", {{"transform", transform}, {"locked", "0"}}}});
  }
  const auto write = [&](const std::string& name, const std::vector<double>& version, Json intrinsic) {
    intrinsic.update({{"intrinsicId", "7"}, {"width", "16"}, {"height", "12"}});
    const Json landmark = {{"landmarkId", "1"}, {"X", texts({0.1, 0.2, 0.3})}};
    seeds.WriteJson("meshroom", name,
                    Json{{"version", texts(version)},
                         {"views", views},
                         {"intrinsics", Json::array({intrinsic})},
                         {"poses", poses},
                         {"structure", Json::array({landmark})}});
  };
  write("old.sfm", {1, 0, 0},
        {{"type", "radial3"},
         {"pxFocalLength", "20"},
         {"principalPoint", texts({8, 6})},
         {"distortionParams", texts({-0.1, 0.01, 0})}});
  write("new.sfm", {1, 2, 10},
        {{"type", "pinhole"},
         {"distortionType", "brown"},
         {"focalLength", "45"},
         {"sensorWidth", "36"},
         {"pixelRatio", "1"},
         {"principalPoint", texts({0.5, -0.5})},
         {"distortionParams", texts({-0.1, 0.01, 0, 0.001, 0})},
         {"undistortionParams", ""}});
}

void WritePhones(const Seeds& seeds) {
  std::string cameras;
  Json poses = Json::array(), own = Json::array();
  for (int i = 0; i < kNumPhotos; ++i) {
    const Pose pose = RingPose(i);
    const Eigen::Quaterniond q(pose.rotation);
    const Vec3& t = pose.translation;
    poses.push_back({q.x(), q.y(), q.z(), q.w(), t.x(), t.y(), t.z()});
    own.push_back({20, 20, 8, 6});
    Json camera = {{"fx", 20}, {"fy", 21}, {"cx", 8}, {"cy", 6}, {"width", 16}, {"height", 12}};
    for (int row = 0; row < 3; ++row) {
      for (int column = 0; column < 3; ++column)
        camera[fmt::format("t_{}{}", row, column)] = pose.rotation(row, column);
      camera[fmt::format("t_{}3", row)] = t[row];
    }
    cameras += (i == 0 ? "" : "\n----\n") + camera.dump();
  }
  seeds.Write("polycam", "four", cameras);
  Json metadata = {{"w", 16}, {"h", 12}, {"K", {20, 0, 0, 0, 20, 0, 8, 6, 1}}, {"poses", poses}};
  seeds.WriteJson("record3d", "shared.json", metadata);
  metadata["perFrameIntrinsicCoeffs"] = own;
  seeds.WriteJson("record3d", "own.json", metadata);
}

}  // namespace

void WriteExports(const Seeds& seeds) {
  WriteMetashape(seeds);
  WriteRealityCapture(seeds);
  WriteOpenSfm(seeds);
  WriteMeshroom(seeds);
  WritePhones(seeds);
}

}  // namespace sanerf::fuzz
