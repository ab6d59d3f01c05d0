// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {HtlcHandler, HtlcInvariantTest} from "../solidity/HtlcInvariant.t.sol";

/// @dev The seeded bug: now and then the contract sends a token away that belongs to a lock.
contract LeakyHandler is HtlcHandler {
    function leak() external {
        vm.prank(address(htlc));
        token.transfer(address(0xbad), 1);
    }
}

/// @notice Must fail: shows that the invariant would notice. Run with FOUNDRY_PROFILE=control.
contract LeakInvariantTest is HtlcInvariantTest {
    function makeHandler() internal override returns (HtlcHandler) {
        return new LeakyHandler();
    }
}
