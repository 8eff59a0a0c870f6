// The button's own code, without Arduino: it is compiled and tried on any machine (check/), and by the sketch (button.ino).
// The protocol is docs/button-protocol.md. C++11, no heap, no exceptions.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

namespace aos {

constexpr uint32_t kSayEveryMs = 100;
constexpr uint32_t kHeldAfterMs = 5000;
constexpr uint32_t kFaultAfterMs = 500;
// Opening counts at once; closing only when the contacts have stopped bouncing.
constexpr uint32_t kReleaseAfterMs = 50;
constexpr size_t kLineMax = 128;
constexpr size_t kKeyBytes = 32;

// -- SHA-256 (FIPS 180-4) and HMAC (RFC 2104) --------------------------------------------------------------------

class Sha256 {
 public:
  void update(const uint8_t* data, size_t size) {
    for (size_t at = 0; at < size; at++) {
      block_[used_++] = data[at];
      if (used_ == 64) {
        mix();
        used_ = 0;
      }
    }
    bytes_ += size;
  }

  void finish(uint8_t out[32]) {
    const uint64_t bits = bytes_ * 8;
    const uint8_t one = 0x80, zero = 0;
    update(&one, 1);
    while (used_ != 56) update(&zero, 1);
    uint8_t length[8];
    for (int at = 0; at < 8; at++) length[at] = static_cast<uint8_t>(bits >> (56 - 8 * at));
    update(length, 8);
    for (int at = 0; at < 32; at++) out[at] = static_cast<uint8_t>(state_[at / 4] >> (24 - 8 * (at % 4)));
  }

 private:
  static uint32_t turn(uint32_t x, int by) { return (x >> by) | (x << (32 - by)); }

  void mix() {
    static const uint32_t k[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
        0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
        0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
        0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
        0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
        0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
    uint32_t w[64];
    for (int at = 0; at < 16; at++)
      w[at] = static_cast<uint32_t>(block_[4 * at]) << 24 | static_cast<uint32_t>(block_[4 * at + 1]) << 16 |
              static_cast<uint32_t>(block_[4 * at + 2]) << 8 | block_[4 * at + 3];
    for (int at = 16; at < 64; at++) {
      const uint32_t a = turn(w[at - 15], 7) ^ turn(w[at - 15], 18) ^ (w[at - 15] >> 3);
      const uint32_t b = turn(w[at - 2], 17) ^ turn(w[at - 2], 19) ^ (w[at - 2] >> 10);
      w[at] = w[at - 16] + a + w[at - 7] + b;
    }
    uint32_t v[8];
    memcpy(v, state_, sizeof v);
    for (int at = 0; at < 64; at++) {
      const uint32_t s1 = turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25);
      const uint32_t one = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + k[at] + w[at];
      const uint32_t s0 = turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22);
      const uint32_t two = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
      memmove(v + 1, v, 7 * sizeof v[0]);
      v[4] += one;
      v[0] = one + two;
    }
    for (int at = 0; at < 8; at++) state_[at] += v[at];
  }

  uint32_t state_[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  uint8_t block_[64] = {};
  size_t used_ = 0;
  uint64_t bytes_ = 0;
};

inline void sha256(const uint8_t* data, size_t size, uint8_t out[32]) {
  Sha256 hash;
  hash.update(data, size);
  hash.finish(out);
}

// The key is never longer than a block: 64 bytes.
inline void hmacSha256(const uint8_t* key, size_t keySize, const uint8_t* message, size_t size, uint8_t out[32]) {
  uint8_t pad[64] = {};
  memcpy(pad, key, keySize);
  for (uint8_t& byte : pad) byte ^= 0x36;
  Sha256 inner;
  inner.update(pad, sizeof pad);
  inner.update(message, size);
  inner.finish(out);
  for (uint8_t& byte : pad) byte ^= 0x36 ^ 0x5c;
  Sha256 outer;
  outer.update(pad, sizeof pad);
  outer.update(out, 32);
  outer.finish(out);
}

inline void toHex(const uint8_t* data, size_t bytes, char* out) {
  for (size_t at = 0; at < bytes; at++) snprintf(out + 2 * at, 3, "%02x", data[at]);
}

// Lower-case hex of exactly `bytes` bytes and nothing else.
inline bool fromHex(const char* text, size_t bytes, uint8_t* out) {
  if (strlen(text) != 2 * bytes) return false;
  for (size_t at = 0; at < 2 * bytes; at++) {
    const char c = text[at];
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return false;
    out[at / 2] = static_cast<uint8_t>(at % 2 == 0 ? digit << 4 : out[at / 2] | digit);
  }
  return true;
}

// -- Contacts ----------------------------------------------------------------------------------------------------

enum class Claim : uint8_t { Run, Stop, Held, Fault };

inline const char* nameOf(Claim claim) {
  switch (claim) {
    case Claim::Run: return "RUN";
    case Claim::Held: return "HELD";
    case Claim::Fault: return "FAULT";
    default: return "STOP";
  }
}

// Two normally closed contacts: closed while released, so a broken wire reads as pressed.
class Contacts {
 public:
  Claim look(bool aClosed, bool bClosed, uint32_t now) {
    const uint8_t seen = static_cast<uint8_t>((aClosed ? 1 : 0) | (bClosed ? 2 : 0));
    // From one contact to the other is still disagreement: it doesn't start the time anew.
    const bool samePlace = seen == place_ || (differs(seen) && differs(place_));
    if (!started_ || !samePlace) {
      started_ = true;
      since_ = now;
      long_ = false;
    }
    place_ = seen;
    const uint32_t limit = differs(seen) ? kFaultAfterMs : seen == 0 ? kHeldAfterMs : kReleaseAfterMs;
    // Kept once reached: the millisecond counter wraps after 49 days.
    if (now - since_ >= limit) long_ = true;
    if (differs(seen)) return long_ ? Claim::Fault : Claim::Stop;
    if (seen == 0) return long_ ? Claim::Held : Claim::Stop;
    return long_ ? Claim::Run : Claim::Stop;
  }
  bool pressed() const { return started_ && place_ == 0; }

 private:
  static bool differs(uint8_t place) { return place == 1 || place == 2; }
  bool started_ = false, long_ = false;
  uint8_t place_ = 0;
  uint32_t since_ = 0;
};

// -- What is kept over a power cut -------------------------------------------------------------------------------

struct Kept {
  uint8_t enrolled = 0;
  uint8_t key[kKeyBytes] = {};
  // 0.0.0.0:0 means: over the cable.
  uint8_t host[4] = {};
  uint16_t port = 0;
};

class Store {
 public:
  virtual ~Store() {}
  // True when it reads back as it was written.
  virtual bool keep(const Kept& kept) = 0;
};

// -- The button --------------------------------------------------------------------------------------------------

class Button {
 public:
  Button(const Kept& kept, Store& store, bool hasNetwork) : kept_(kept), store_(store), hasNetwork_(hasNetwork) {}

  const Kept& kept() const { return kept_; }
  Claim claim() const { return claim_; }
  bool greeted() const { return strcmp(nonce_, kNoNonce) != 0; }

  // Looks at the contacts. True when a state line is due: every 100 ms, and at once after a change or a HELLO.
  bool look(bool aClosed, bool bClosed, uint32_t now) {
    const Claim next = contacts_.look(aClosed, bClosed, now);
    const bool changed = next != claim_ || asked_;
    claim_ = next;
    if (!kept_.enrolled || (!changed && now - saidAt_ < kSayEveryMs)) return false;
    asked_ = false;
    saidAt_ = now;
    return true;
  }

  // The next state line, without its end. `out` holds kLineMax.
  void say(char* out) { line(out, claim_, ++seq_, nonce_); }

  void line(char* out, Claim claim, uint32_t seq, const char* nonce) const {
    const int length = snprintf(out, kLineMax, "AOS1 %s %lu %s", nameOf(claim), static_cast<unsigned long>(seq), nonce);
    uint8_t mac[32];
    hmacSha256(kept_.key, kKeyBytes, reinterpret_cast<const uint8_t*>(out), static_cast<size_t>(length), mac);
    out[length] = ' ';
    toHex(mac, 16, out + length + 1);
  }

  // One line from the host, without its end. True when `answer` (kLineMax) holds something to say on the same way.
  bool hear(const char* text, bool overCable, char* answer) {
    if (strncmp(text, "AOS1 HELLO ", 11) == 0) return hello(text + 11), false;
    if (!overCable) return false;
    if (strncmp(text, "AOS1 ENROL ", 11) == 0) return enrol(text + 11, answer), true;
    if (strncmp(text, "AOS1 HOST ", 10) == 0) return host(text + 10, answer), true;
    return false;
  }

 private:
  static constexpr const char* kNoNonce = "0000000000000000";

  void hello(const char* nonce) {
    uint8_t bytes[8];
    if (!fromHex(nonce, 8, bytes)) return;
    if (strcmp(nonce, nonce_) != 0) {
      memcpy(nonce_, nonce, sizeof nonce_);
      seq_ = 0;
      asked_ = true;
    }
  }

  void forgetHost() {
    memcpy(nonce_, kNoNonce, sizeof nonce_);
    seq_ = 0;
  }

  void enrol(const char* text, char* answer) {
    Kept next;
    if (!fromHex(text, kKeyBytes, next.key)) return refuse("ENROL", "malformed", answer);
    if (!contacts_.pressed()) return refuse("ENROL", "not-held", answer);
    next.enrolled = 1;
    if (!store_.keep(next)) return refuse("ENROL", "not-kept", answer);
    kept_ = next;
    forgetHost();
    uint8_t hash[32];
    sha256(next.key, kKeyBytes, hash);
    memcpy(answer, "AOS1 ENROLLED ", 15);
    toHex(hash, 4, answer + 14);
  }

  void host(const char* text, char* answer) {
    unsigned a, b, c, d, port;
    char rest;
    if (sscanf(text, "%3u.%3u.%3u.%3u %5u%c", &a, &b, &c, &d, &port, &rest) != 5 || a > 255 || b > 255 || c > 255 || d > 255 || port == 0 || port > 65535)
      return refuse("HOST", "malformed", answer);
    if (!hasNetwork_) return refuse("HOST", "no-network", answer);
    if (!contacts_.pressed()) return refuse("HOST", "not-held", answer);
    Kept next = kept_;
    next.host[0] = static_cast<uint8_t>(a);
    next.host[1] = static_cast<uint8_t>(b);
    next.host[2] = static_cast<uint8_t>(c);
    next.host[3] = static_cast<uint8_t>(d);
    next.port = static_cast<uint16_t>(port);
    if (!store_.keep(next)) return refuse("HOST", "not-kept", answer);
    kept_ = next;
    forgetHost();
    snprintf(answer, kLineMax, "AOS1 HOSTED %u.%u.%u.%u %u", a, b, c, d, port);
  }

  static void refuse(const char* what, const char* why, char* answer) { snprintf(answer, kLineMax, "AOS1 REFUSED %s %s", what, why); }

  Kept kept_;
  Store& store_;
  const bool hasNetwork_;
  Contacts contacts_;
  Claim claim_ = Claim::Stop;
  char nonce_[17] = "0000000000000000";
  uint32_t seq_ = 0;
  uint32_t saidAt_ = 0;
  bool asked_ = false;
};

// Collects bytes into lines. What is too long is dropped up to its end.
class Lines {
 public:
  // The line that `byte` ended, or null.
  const char* take(char byte) {
    if (byte == '\n') {
      const bool whole = !over_;
      text_[used_] = 0;
      if (used_ > 0 && text_[used_ - 1] == '\r') text_[used_ - 1] = 0;
      used_ = 0;
      over_ = false;
      return whole ? text_ : nullptr;
    }
    if (used_ + 1 >= sizeof text_) over_ = true;
    else text_[used_++] = byte;
    return nullptr;
  }

 private:
  char text_[kLineMax] = {};
  size_t used_ = 0;
  bool over_ = false;
};

}  // namespace aos
