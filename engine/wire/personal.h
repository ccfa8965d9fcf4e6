// Personal data on its way between JSON and the key store: what seals it, what opens it.
//
// Invariant  the same text of the same subject has the same fingerprint, so a repeated request is
//            known as one: `otherwise` must be the same for it too (a stream's key, not a new id).
// Threading  by any thread.
// Errors     the key store's; KeyIsMissing when there is no key to seal with yet.
#pragma once

#include "engine/ports/key_store.h"
#include "engine/wire/json_command.h"
#include "engine/wire/json_write.h"

namespace holdfast::wire {

// `otherwise` is the subject of data that says of nobody whose it is.
inline Sealer sealing_by(KeyStore& keys, SubjectId otherwise) {
    return [&keys, otherwise](std::optional<SubjectId> subject,
                              std::string_view text) -> std::expected<Sealing, SealFailure> {
        const auto whose = subject.value_or(otherwise);
        auto box = keys.seal(whose.raw(), text);
        if (!box) return std::unexpected(std::move(box.error()));
        const auto fingerprint = keys.fingerprint(whose.raw(), text);
        if (!fingerprint) return std::unexpected(fingerprint.error());
        if (!*box || !*fingerprint) return std::unexpected(KeyIsMissing{whose});
        return Sealing{{whose, **std::move(box)}, **fingerprint};
    };
}

inline Opener opening_by(KeyStore& keys) {
    return [&keys](const Sealed& sealed) { return keys.open(sealed.subject.raw(), sealed.box); };
}

}  // namespace holdfast::wire
