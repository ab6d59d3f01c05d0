package dev.trestle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TransferCommandTest {
  private static final String TRANSFER =
      "{\"id\":\"t1\",\"route\":\"r\",\"status\":\"expired\",\"from\":\"a\",\"to\":\"b\","
          + "\"amount\":\"1\",\"recipient\":\"0x1\",\"trust\":{\"model\":\"custody\","
          + "\"securityLevel\":\"S3\",\"whoCouldSteal\":\"who\",\"failureMode\":\"how\"},"
          + "\"deposit\":{\"address\":\"addr\",\"script\":\"51\",\"paymentUri\":\"uri\","
          + "\"refundDelayBlocks\":144,\"refundScript\":\"51\",\"confirmations\":3,"
          + "\"expiresAt\":1700000000},\"steps\":[]}";

  @Test
  void aTransferSaysWhenItEnds() {
    try (FakeGateway gateway = new FakeGateway()) {
      gateway.answer("/v1/transfers/t1", 200, TRANSFER);
      FakeGateway.Run run = gateway.run("transfer", "show", "t1");
      assertThat(run.exit()).isZero();
      assertThat(run.out()).contains("status    expired", "expires   2023-11-14T22:13:20Z");
    }
  }
}
