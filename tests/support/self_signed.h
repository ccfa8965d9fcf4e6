// SelfSigned: a key and a certificate for these names and addresses, as OpenSSL writes them, in
// files that go when it goes.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "tests/support/temporary_folder.h"

namespace holdfast {

class SelfSigned {
public:
    explicit SelfSigned(const std::string& names = "DNS:localhost,IP:127.0.0.1") {
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
        const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> subjects(
            X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str()),
            X509_EXTENSION_free);
        EXPECT_EQ(X509_add_ext(made.get(), subjects.get(), -1), 1);
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
