package dev.trestle.adapter.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.base.Bytes;
import dev.trestle.crypto.PublicKey;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses (BIP-173, BIP-350 and Base58Check) of the right and of other networks. */
class AddressesTest {
  private final Addresses bitcoin = new Addresses(UtxoNetwork.BITCOIN);
  private final Addresses litecoin = new Addresses(UtxoNetwork.LITECOIN);

  @Test
  void knownAddresses() {
    PublicKey generator =
        PublicKey.fromHex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
    assertThat(bitcoin.of(generator)).isEqualTo("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4");
    assertThat(bitcoin.scriptOf("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"))
        .isEqualTo(Addresses.scriptOf(generator));
    assertThat(bitcoin.scriptOf("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"))
        .isEqualTo(
            Bytes.fromHex("512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"));
    assertThat(bitcoin.scriptOf("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2").toHex())
        .isEqualTo("76a91477bff20c60e522dfaa3350c39b030a5d004e839a88ac");
    assertThat(bitcoin.scriptOf("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy").size()).isEqualTo(23);
    String own = litecoin.of(generator);
    assertThat(own).startsWith("ltc1q");
    assertThat(litecoin.scriptOf(own)).isEqualTo(Addresses.scriptOf(generator));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bc1",
        // other networks
        "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
        "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn",
        // wrong checksum
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3",
        // version 1 with the checksum of version 0, and the other way round (BIP-350)
        "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
        // a witness version of which it is not known how it is spent (BIP-350)
        "bc1sw50qgdz25j",
        "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
        "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y"
      })
  void refused(String address) {
    for (Addresses addresses : List.of(bitcoin, litecoin)) {
      assertThatThrownBy(() -> addresses.scriptOf(address))
          .isInstanceOfSatisfying(
              AdapterException.class,
              e -> assertThat(e.error()).isEqualTo(AdapterError.INVALID_ADDRESS));
    }
  }

  @Test
  void anOldLitecoinScriptAddressIsBitcoins() {
    assertThatThrownBy(() -> litecoin.scriptOf("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"))
        .isInstanceOf(AdapterException.class);
    assertThatThrownBy(() -> litecoin.scriptOf("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"))
        .isInstanceOf(AdapterException.class);
  }
}
