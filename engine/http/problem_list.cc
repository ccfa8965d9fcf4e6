#include "engine/http/problem_list.h"

#include <algorithm>

#include "engine/domain/contexts.h"
#include "engine/http/answering.h"
#include "engine/wire/json_write.h"

namespace holdfast::http {

std::vector<ProblemKind> rejections_of(std::uint8_t context) {
    std::vector<ProblemKind> list;
    with_context(context, [&]<class C>(C) {
        const auto& words = wire::words_of<typename C::Rejection>;
        for (std::size_t number = 0; number < words.size(); ++number) {
            if (words[number].empty()) continue;
            const auto& known = explain(static_cast<typename C::Rejection>(number));
            list.push_back({status_of(known.answer), known.name});
        }
    });
    return list;
}

std::vector<ProblemKind> all_problems() {
    std::vector<ProblemKind> list(problems::all.begin(), problems::all.end());
    const auto add = [&list](ProblemKind kind) {
        if (std::ranges::find(list, kind.name, &ProblemKind::name) == list.end())
            list.push_back(kind);
    };
    for (const auto word : wire::words_of<Malformed>)
        if (!word.empty()) add({400, word});
    for (std::uint8_t context = 1; context <= contexts_count; ++context)
        for (const auto& kind : rejections_of(context)) add(kind);
    return list;
}

}  // namespace holdfast::http
