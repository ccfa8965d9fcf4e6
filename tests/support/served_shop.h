// ServedShop: a test that has the program itself, on a folder of its own, and a client of it.
#pragma once

#include "tests/support/engine_process.h"
#include "tests/support/shop.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {

class ServedShop : public testing::Test {
protected:
    TemporaryFolder folder;
    EngineProcess engine{folder.path()};
    Shop shop{engine.port()};
};

}  // namespace holdfast
