// Printed: what a verb of holdfast-replay writes to its file.
#pragma once

#include <cstdio>
#include <string>

#include <gtest/gtest.h>

namespace holdfast {

template <class Print> std::string printed(Print print) {
    std::FILE* file = std::tmpfile();
    EXPECT_NE(file, nullptr);
    print(file);
    std::string text(static_cast<std::size_t>(std::ftell(file)), '\0');
    EXPECT_EQ(std::fseek(file, 0, SEEK_SET), 0);
    EXPECT_EQ(std::fread(text.data(), 1, text.size(), file), text.size());
    std::fclose(file);
    return text;
}

}  // namespace holdfast
