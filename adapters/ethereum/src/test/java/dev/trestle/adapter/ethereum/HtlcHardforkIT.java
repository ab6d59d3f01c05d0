package dev.trestle.adapter.ethereum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Where the contract cannot be run whole it cannot be deployed: a chain without transient storage
 * (EIP-1153) would take coins by {@code lockCoin}, and refuse every claim and refund.
 */
class HtlcHardforkIT {
  @ParameterizedTest
  @CsvSource({"shanghai, false", "cancun, true"})
  void isDeployedOnlyWhereItRuns(String hardfork, boolean runs) throws Exception {
    try (Anvil anvil = Anvil.start(hardfork);
        ContractDeployer deployer = new ContractDeployer(anvil.context, anvil.config(Map.of()))) {
      if (runs) {
        assertThat(Async.await(deployer.deployHtlc(Anvil.key(0)))).isNotNull();
      } else {
        assertThatThrownBy(() -> Async.await(deployer.deployHtlc(Anvil.key(0))))
            .isInstanceOf(AdapterException.class);
      }
    }
  }
}
