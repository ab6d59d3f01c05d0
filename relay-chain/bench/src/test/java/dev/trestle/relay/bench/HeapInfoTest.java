package dev.trestle.relay.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HeapInfoTest {
  @Test
  void bothGenerationsCountInTheWordsOfEveryJdk() {
    assertThat(
            ValidatorProcess.used(
                """
                28622:
                DefNew     total 19648K, used 7336K [0x00000000fc000000, 0x00000000fd550000)
                 eden space 17472K,  29% used [0x00000000fc000000, 0x00000000fc50a010)
                Tenured    total 43712K, used 2249K [0x00000000fd550000, 0x0000000100000000)
                 the  space 43712K,   5% used [0x00000000fd550000, 0x00000000fd782658)
                Metaspace       used 512K, committed 704K, reserved 1114112K
                """))
        .isEqualTo((7336 + 2249) * 1024L);
    assertThat(
            ValidatorProcess.used(
                """
                28622:
                 def new generation   total 78656K, used 12K [0x0, 0x1, 0x2)
                 tenured generation   total 174784K, used 8K [0x0, 0x1, 0x2)
                """))
        .isEqualTo(20 * 1024L);
  }

  @Test
  void whatIsNotFoundIsNotTakenForNothing() {
    assertThatThrownBy(() -> ValidatorProcess.used("garbage-first heap   total 1K, used 1K"))
        .isInstanceOf(BenchException.class);
  }
}
