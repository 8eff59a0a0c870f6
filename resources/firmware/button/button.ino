// The stop button of a rack: Raspberry Pi Pico (RP2040) with the Arduino core "Raspberry Pi Pico/RP2040" (arduino-pico).
// Wiring, settings and how to flash: README.md. All that decides is in aos_button.h; here are pins, the port and the flash.

#include <Arduino.h>
#include <EEPROM.h>

#include "aos_button.h"

// 1: a W5500 on SPI0 carries the state lines as UDP. 0: they go over the USB cable.
#ifndef AOS_ETHERNET
#define AOS_ETHERNET 0
#endif
#if AOS_ETHERNET
#include <W5500lwIP.h>
#include <WiFiUdp.h>
#endif

namespace {

constexpr uint8_t kContactA = 2;
constexpr uint8_t kContactB = 3;
constexpr uint8_t kRelay = 4;
constexpr uint8_t kEthernetSelect = 17;
constexpr uint16_t kOwnPort = 4711;
constexpr uint32_t kWatchdogMs = 1000;
constexpr size_t kFlashBytes = 256;

// Settings in flash, with the first 4 bytes of their hash: half a write is no settings.
class Flash : public aos::Store {
 public:
  bool read(aos::Kept& kept) {
    Record record;
    EEPROM.get(0, record);
    uint8_t hash[32];
    check(record.kept, hash);
    if (memcmp(record.mark, "AOSB", 4) != 0 || memcmp(record.hash, hash, 4) != 0) return false;
    kept = record.kept;
    return true;
  }
  bool keep(const aos::Kept& kept) override {
    Record record;
    memcpy(record.mark, "AOSB", 4);
    record.kept = kept;
    uint8_t hash[32];
    check(kept, hash);
    memcpy(record.hash, hash, 4);
    EEPROM.put(0, record);
    aos::Kept back;
    return EEPROM.commit() && read(back) && memcmp(back.key, kept.key, aos::kKeyBytes) == 0 && back.port == kept.port;
  }

 private:
  struct Record {
    char mark[4];
    aos::Kept kept;
    uint8_t hash[4];
  };
  static void check(const aos::Kept& kept, uint8_t out[32]) {
    aos::Sha256 hash;
    hash.update(&kept.enrolled, 1);
    hash.update(kept.key, aos::kKeyBytes);
    hash.update(kept.host, 4);
    const uint8_t port[2] = {static_cast<uint8_t>(kept.port >> 8), static_cast<uint8_t>(kept.port)};
    hash.update(port, 2);
    hash.finish(out);
  }
};

Flash flash;
aos::Button* button = nullptr;
aos::Lines cable;
#if AOS_ETHERNET
Wiznet5500lwIP ethernet(kEthernetSelect);
WiFiUDP udp;
#endif

bool onNetwork() { return AOS_ETHERNET && button->kept().port != 0; }

void sayOnCable(const char* line) {
  // Nobody reads: drop it. The next one is due in 100 ms, and blocking would delay it.
  if (Serial.availableForWrite() < static_cast<int>(strlen(line)) + 1) return;
  Serial.print(line);
  Serial.print('\n');
}

#if AOS_ETHERNET
IPAddress host() {
  const aos::Kept& kept = button->kept();
  return IPAddress(kept.host[0], kept.host[1], kept.host[2], kept.host[3]);
}
void sayOnNetwork(const char* line) {
  if (!ethernet.connected() || !udp.beginPacket(host(), button->kept().port)) return;
  udp.write(reinterpret_cast<const uint8_t*>(line), strlen(line));
  udp.write('\n');
  udp.endPacket();
}
void hearNetwork() {
  char text[aos::kLineMax];
  char answer[aos::kLineMax];
  while (udp.parsePacket() > 0) {
    const int length = udp.read(text, sizeof text - 1);
    if (length <= 0 || udp.remoteIP() != host()) continue;
    text[length] = 0;
    text[strcspn(text, "\r\n")] = 0;
    button->hear(text, false, answer);
  }
}
#endif

void hearCable() {
  char answer[aos::kLineMax];
  while (Serial.available() > 0) {
    const char* line = cable.take(static_cast<char>(Serial.read()));
    if (line == nullptr) continue;
    // A button on the network takes its nonce from the network alone.
    if (onNetwork() && strncmp(line, "AOS1 HELLO ", 11) == 0) continue;
    if (button->hear(line, true, answer)) sayOnCable(answer);
  }
}

}  // namespace

void setup() {
  pinMode(kContactA, INPUT_PULLUP);
  pinMode(kContactB, INPUT_PULLUP);
  pinMode(kRelay, OUTPUT);
  digitalWrite(kRelay, LOW);
  pinMode(LED_BUILTIN, OUTPUT);
  Serial.begin(115200);
  EEPROM.begin(kFlashBytes);
  aos::Kept kept;
  if (!flash.read(kept)) kept = aos::Kept();
  static aos::Button made(kept, flash, AOS_ETHERNET);
  button = &made;
#if AOS_ETHERNET
  ethernet.begin();
  udp.begin(kOwnPort);
#endif
  rp2040.wdt_begin(kWatchdogMs);
}

void loop() {
  rp2040.wdt_reset();
  hearCable();
#if AOS_ETHERNET
  hearNetwork();
#endif
  const uint32_t now = millis();
  // Contacts go to ground: LOW is closed.
  const bool due = button->look(digitalRead(kContactA) == LOW, digitalRead(kContactB) == LOW, now);
  const bool run = button->claim() == aos::Claim::Run;
  digitalWrite(kRelay, run ? HIGH : LOW);
  // On: run. Off: stop. Blinking: not enrolled, or the rack hasn't greeted it.
  const bool alone = !button->kept().enrolled || !button->greeted();
  digitalWrite(LED_BUILTIN, alone ? (now / 250 % 2 ? HIGH : LOW) : run ? HIGH : LOW);
  if (!due) return;
  char line[aos::kLineMax];
  button->say(line);
#if AOS_ETHERNET
  if (onNetwork()) return sayOnNetwork(line);
#endif
  sayOnCable(line);
}
