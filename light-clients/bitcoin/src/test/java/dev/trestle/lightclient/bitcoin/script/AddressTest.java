package dev.trestle.lightclient.bitcoin.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.Vectors;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class AddressTest {
  private static final AddressFormat MAINNET = BitcoinNetworks.BITCOIN_MAINNET.addresses();
  private static final AddressFormat TESTNET = BitcoinNetworks.BITCOIN_TESTNET3.addresses();

  /** Valid ones of BIP-173 and BIP-350 with versions 0 and 1. */
  @Test
  void readsTheAddressesOfTheSpecifications() {
    assertThat(Address.decode(MAINNET, "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"))
        .contains(Bytes.fromHex("0014751e76e8199196d454941c45d1b3a323f1433bd6"));
    assertThat(
            Address.decode(
                TESTNET, "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7"))
        .contains(
            Bytes.fromHex("00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262"));
    assertThat(
            Address.decode(
                MAINNET, "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"))
        .contains(
            Bytes.fromHex("512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"));
  }

  /** Invalid ones of BIP-350, other networks, versions that are not in use, broken Base58. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
        "tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf",
        "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
        "tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47",
        "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
        "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
        "bc1pw5dgrnzv",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
        "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
        "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
        "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j",
        "bc1gmk9yu",
        "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
        "BC1SW50QGDZ25J",
        "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
        "bc1pfeessrawgf",
        "33fxAfNiDgjQhmZgVF1nZuxjSZtpJReSUb",
        "1111111111111111111114oLvT2",
        "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn",
        "",
        "1"
      })
  void refusesEverythingElse(String address) {
    Optional<Bytes> script = Address.decode(MAINNET, address);
    assertThat(script)
        .isEqualTo(
            address.equals("1111111111111111111114oLvT2")
                ? Optional.of(OutputScript.p2pkh(Bytes.wrap(new byte[20])))
                : Optional.empty());
  }

  @Test
  void agreesWithBitcoinSpvAndRoundTrips() {
    JsonNode file = Vectors.json("bitcoin/spv/bitcoin-spv-testVectors.json");
    List<String> done = new ArrayList<>();
    for (JsonNode each : file.get("encodeP2SH")) {
      done.add(check(OutputScript.p2sh(Vectors.hex(each.get("input"))), each));
    }
    for (JsonNode each : file.get("encodeP2PKH")) {
      done.add(check(OutputScript.p2pkh(Vectors.hex(each.get("input"))), each));
    }
    for (JsonNode each : file.get("encodeP2WPKH")) {
      done.add(check(OutputScript.p2wpkh(Vectors.hex(each.get("input"))), each));
    }
    for (JsonNode each : file.get("encodeP2WSH")) {
      done.add(check(OutputScript.witness(0, Vectors.hex(each.get("input"))), each));
    }
    Vectors.report("bitcoin-spv addresses", done.size());
    assertThat(done).hasSize(15);
  }

  private static String check(Bytes script, JsonNode each) {
    String address = each.get("output").asString();
    assertThat(Address.of(MAINNET, script)).contains(address);
    assertThat(Address.decode(MAINNET, address)).contains(script);
    assertThat(Address.decode(BitcoinNetworks.LITECOIN_MAINNET.addresses(), address)).isEmpty();
    return address;
  }

  @Test
  void anyChangedCharacterIsNoticed() {
    String address = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
    for (int i = 0; i < address.length(); i++) {
      for (char c : "qpzry9x8gf2tvdw0s3jn54khce6mua7l1b".toCharArray()) {
        String changed = address.substring(0, i) + c + address.substring(i + 1);
        assertThat(Address.decode(MAINNET, changed).isPresent())
            .as(changed)
            .isEqualTo(changed.equals(address));
      }
    }
    assertThat(Address.decode(MAINNET, address.toUpperCase(Locale.ROOT))).isPresent();
  }
}
