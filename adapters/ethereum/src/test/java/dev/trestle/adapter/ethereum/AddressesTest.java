package dev.trestle.adapter.ethereum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.crypto.EvmAddress;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
  /** The examples of EIP-55. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
        "0xde709f2102306220921060314715629080e2fb77",
        "0x27b1fdb04752bbc536007a920d24acb045561c26",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"
      })
  void readsAndWritesTheChecksum(String text) {
    EvmAddress address = Addresses.parse(text);
    assertThat(Addresses.format(address)).isEqualTo(text);
    assertThat(Addresses.parse(text.toLowerCase(Locale.ROOT))).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", // last letter in the wrong case
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed00",
        "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg",
        "0x0000000000000000000000000000000000000000",
        " 0x52908400098527886E0F7030069857D2E4169EE7",
        ""
      })
  void refusesEverythingElse(String text) {
    assertThatThrownBy(() -> Addresses.parse(text))
        .isInstanceOfSatisfying(
            AdapterException.class,
            e -> assertThat(e.error()).isEqualTo(AdapterError.INVALID_ADDRESS));
  }

  /** Of all ways to mistype the case of one letter, none passes. */
  @Test
  void everySingleCaseErrorIsNoticed() {
    String right = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    for (int i = 2; i < right.length(); i++) {
      char c = right.charAt(i);
      if (Character.isLetter(c)) {
        char swapped =
            Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c);
        String wrong = right.substring(0, i) + swapped + right.substring(i + 1);
        assertThatThrownBy(() -> Addresses.parse(wrong)).isInstanceOf(AdapterException.class);
      }
    }
  }
}
