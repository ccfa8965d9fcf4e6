// The threads, mutexes and conditions of C11 on those of POSIX, for programs under ThreadSanitizer:
// it knows the second, and crashes when Debian's librdkafka uses the first.
//
// Invariant  glibc's types of both have the same size and the same zero; what one made is never
//            given to the other, because all functions that librdkafka calls are here.
// Source     ISO C11, 7.26.
#include <bit>
#include <cerrno>
#include <cstdint>
#include <memory>

#include <pthread.h>
#include <threads.h>

namespace {

static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t));
static_assert(sizeof(cnd_t) == sizeof(pthread_cond_t));
static_assert(sizeof(once_flag) == sizeof(pthread_once_t));
static_assert(sizeof(thrd_t) == sizeof(pthread_t));

pthread_mutex_t* posix(mtx_t* mutex) { return reinterpret_cast<pthread_mutex_t*>(mutex); }
pthread_cond_t* posix(cnd_t* condition) { return reinterpret_cast<pthread_cond_t*>(condition); }

int outcome(int error) {
    switch (error) {
        case 0: return thrd_success;
        case EBUSY: return thrd_busy;
        case ETIMEDOUT: return thrd_timedout;
        case ENOMEM: return thrd_nomem;
        default: return thrd_error;
    }
}

struct Start {
    thrd_start_t run;
    void* with;
};
void* begin(void* start) {
    const std::unique_ptr<Start> what(static_cast<Start*>(start));
    const std::intptr_t result = what->run(what->with);
    return std::bit_cast<void*>(result);  // what a POSIX thread ends with is a pointer
}

}  // namespace

extern "C" {

int thrd_create(thrd_t* made, thrd_start_t run, void* with) {
    auto start = std::make_unique<Start>(run, with);
    const int error = pthread_create(made, nullptr, begin, start.get());
    if (error == 0) static_cast<void>(start.release());
    return outcome(error == EAGAIN ? ENOMEM : error);
}
int thrd_join(thrd_t thread, int* result) {
    void* returned = nullptr;
    const int error = pthread_join(thread, &returned);
    if (result) *result = static_cast<int>(std::bit_cast<std::intptr_t>(returned));
    return outcome(error);
}
thrd_t thrd_current() { return pthread_self(); }

int mtx_init(mtx_t* mutex, int kind) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    if ((kind & mtx_recursive) != 0)
        pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    const int error = pthread_mutex_init(posix(mutex), &attributes);
    pthread_mutexattr_destroy(&attributes);
    return outcome(error);
}
int mtx_lock(mtx_t* mutex) { return outcome(pthread_mutex_lock(posix(mutex))); }
int mtx_unlock(mtx_t* mutex) { return outcome(pthread_mutex_unlock(posix(mutex))); }
void mtx_destroy(mtx_t* mutex) { pthread_mutex_destroy(posix(mutex)); }

int cnd_init(cnd_t* condition) { return outcome(pthread_cond_init(posix(condition), nullptr)); }
int cnd_signal(cnd_t* condition) { return outcome(pthread_cond_signal(posix(condition))); }
int cnd_broadcast(cnd_t* condition) { return outcome(pthread_cond_broadcast(posix(condition))); }
int cnd_wait(cnd_t* condition, mtx_t* mutex) {
    return outcome(pthread_cond_wait(posix(condition), posix(mutex)));
}
int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until) {
    return outcome(pthread_cond_timedwait(posix(condition), posix(mutex), until));
}
void cnd_destroy(cnd_t* condition) { pthread_cond_destroy(posix(condition)); }

void call_once(once_flag* flag, void (*act)()) {
    pthread_once(reinterpret_cast<pthread_once_t*>(flag), act);
}

}  // extern "C"
