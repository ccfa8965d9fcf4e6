// SelfSigned: a key and a certificate for localhost, as files that go when it goes.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "tests/support/temporary_folder.h"

namespace holdfast {

class SelfSigned {
public:
    SelfSigned() {
        const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                      EVP_PKEY_free);
        const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), X509_free);
        X509_set_version(made.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
        X509_gmtime_adj(X509_getm_notBefore(made.get()), -60);
        X509_gmtime_adj(X509_getm_notAfter(made.get()), 3'600);
        X509_set_pubkey(made.get(), key.get());
        X509_NAME* const name = X509_get_subject_name(made.get());
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
        X509_set_issuer_name(made.get(), name);
        EXPECT_NE(X509_sign(made.get(), key.get(), EVP_sha256()), 0);
        std::FILE* file = std::fopen(certificate().c_str(), "w");
        EXPECT_EQ(PEM_write_X509(file, made.get()), 1);
        std::fclose(file);
        file = std::fopen(private_key().c_str(), "w");
        EXPECT_EQ(PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr), 1);
        std::fclose(file);
    }

    std::string certificate() const { return folder_.path() / "certificate.pem"; }
    std::string private_key() const { return folder_.path() / "key.pem"; }

private:
    TemporaryFolder folder_;
};

}  // namespace holdfast
