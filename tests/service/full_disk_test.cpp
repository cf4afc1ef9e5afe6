// A data folder on a disk that fills up while it is written to.
#include <sys/mount.h>

#include <fstream>
#include <thread>

#include "expect.h"
#include "gateway.h"

using namespace service_test;

namespace {

/// A small disk; needs root.
class SmallDisk {
  public:
    explicit SmallDisk(fs::path where) : where_(std::move(where)) {
        fs::create_directories(where_);
        mounted_ = ::mount("linkway-test", where_.c_str(), "tmpfs", 0, "size=24m") == 0;
    }
    ~SmallDisk() {
        if (mounted_) {
            ::umount2(where_.c_str(), MNT_DETACH);
        }
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    bool mounted() const { return mounted_; }

    /// Takes what room there is, but for so many bytes.
    void fill(std::size_t but_for) const {
        const std::size_t free = fs::space(where_).available;
        std::ofstream file(where_ / "ballast", std::ios::binary | std::ios::app);
        const std::string block(4096, 'x');
        for (std::size_t size = but_for; size < free; size += block.size()) {
            file << block;
        }
    }
    void make_room() const { fs::remove(where_ / "ballast"); }

  private:
    fs::path where_;
    bool mounted_ = false;
};

Answer create(Web& web, const std::string& name, Memory& memory) {
    Answer answer = web.ask("POST", "/fhir/Patient", patient(named, name));
    if (answer.status == 201) {
        memory.note(Acknowledged{answer.written(), name});
    }
    return answer;
}

/// Creates until the disk is full; what was answered then.
Answer create_until_refused(Web& web, const std::string& name, Memory& memory) {
    for (int i = 0; i < 100'000; ++i) {
        Answer answer = create(web, name + std::to_string(i), memory);
        if (answer.status != 201) {
            return answer;
        }
    }
    return {};
}

}  // namespace

TEST_CASE("a full disk is said, harms nothing and is over when there is room again") {
    const Folder folder("full");
    const SmallDisk disk(folder / "disk");
    if (!disk.mounted()) {
        WARN("skipped: a disk to fill cannot be mounted here");
        return;
    }
    const fs::path data = folder / "disk" / "data";
    Gateway gateway(data, folder / "log");
    REQUIRE(gateway.listens());
    Web web(gateway.url());
    Memory memory;
    REQUIRE(create(web, "first", memory).status == 201);
    const std::string first = memory.acknowledged.front().version;

    for (int round = 0; round < 3; ++round) {
        INFO("round " << round);
        disk.fill(std::size_t{1} << 20U);
        const std::string name = "round-" + std::to_string(round) + "-";
        const Answer refused = create_until_refused(web, name, memory);
        INFO(refused.body);
        CHECK(refused.status == 507);
        CHECK(refused.issue() == "no-store");
        CHECK(refused.body.find(data.string()) == std::string::npos);

        disk.fill(0);  // to the last byte
        for (int i = 0; i < 50; ++i) {
            const Answer answer = create(web, name + "more-" + std::to_string(i), memory);
            INFO(answer.body);
            CHECK((answer.status == 507 || answer.status == 201));
        }
        CHECK(web.get("/health/live").status == 200);
        for (int i = 0; i < 200; ++i) {
            REQUIRE(web.get("/fhir/" + first).status == 200);
        }
        CHECK(web.get("/fhir/Patient?identifier=" + encoded(named) + "|first").status == 200);
        REQUIRE(gateway.runs());

        disk.make_room();
        CHECK(create(web, name + "after", memory).status == 201);
    }

    expect_none(check_memory(web, memory));
    CHECK(gateway.stop() == 0);
    expect_none(check_store(data / "store.sqlite"));
    expect_none(check_audit(data / "audit", memory.acknowledged));
}

TEST_CASE("a service that was killed on a full disk starts again when there is room") {
    const Folder folder("full-kill");
    const SmallDisk disk(folder / "disk");
    if (!disk.mounted()) {
        WARN("skipped: a disk to fill cannot be mounted here");
        return;
    }
    const fs::path data = folder / "disk" / "data";
    Memory memory;
    for (int round = 0; round < 3; ++round) {
        INFO(commands::read_file(folder / "log"));
        Gateway gateway(data, folder / "log");
        REQUIRE(gateway.listens());
        Web web(gateway.url());
        disk.fill(std::size_t{256} << 10U);
        create_until_refused(web, "round-" + std::to_string(round) + "-", memory);
        gateway.kill();
        {
            // On the full disk it may not start, but then it says why and ends.
            Gateway again(data, folder / "log");
            if (!again.listens()) {
                CHECK(again.stop() == 1);
            }
        }
        disk.make_room();
    }
    Gateway gateway(data, folder / "log");
    REQUIRE(gateway.listens());
    Web web(gateway.url());
    expect_none(check_memory(web, memory));
    CHECK(gateway.stop() == 0);
    expect_none(check_store(data / "store.sqlite"));
    expect_none(check_audit(data / "audit", memory.acknowledged));
}
