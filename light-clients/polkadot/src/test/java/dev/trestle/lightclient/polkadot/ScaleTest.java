package dev.trestle.lightclient.polkadot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScaleTest {
  @Test
  void compactIntegersAreReadInTheirShortestFormOnly() {
    for (int shift = 0; shift < 63; shift++) {
      for (long value : new long[] {(1L << shift) - 1, 1L << shift, (1L << shift) + 1}) {
        Bytes encoded = new ScaleWriter().compact(value).toBytes();
        assertThat(ScaleReader.decode(encoded, ScaleReader::compact)).isEqualTo(value);
      }
    }
    assertThat(new ScaleWriter().compact(Long.MAX_VALUE).toBytes().toHex())
        .isEqualTo("13ffffffffffffff7f");
    List<String> longer =
        List.of(
            "0100",
            "fd00",
            "02000000",
            "feff0000",
            "03ffffff3f",
            "070000000000",
            "1300000000000000ff");
    for (String each : longer) {
      assertThatThrownBy(() -> ScaleReader.decode(Bytes.fromHex(each), ScaleReader::compact))
          .as(each)
          .isInstanceOf(DecodeException.class);
    }
  }

  @Test
  void countsAreCheckedBeforeAnythingIsAllocated() {
    Bytes huge = new ScaleWriter().compact(1L << 29).u8(1).toBytes();
    assertThatThrownBy(
            () -> ScaleReader.decode(huge, in -> in.list(Integer.MAX_VALUE, 132, ScaleReader::u8)))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("truncated");
    assertThatThrownBy(() -> ScaleReader.decode(huge, in -> in.bytes(16)))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("16");
  }

  @Test
  void trailingBytesAreRefused() {
    assertThatThrownBy(() -> ScaleReader.decode(Bytes.fromHex("0400"), ScaleReader::u8))
        .isInstanceOf(DecodeException.class);
  }
}
