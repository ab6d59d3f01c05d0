// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TrestleHtlc} from "../../main/solidity/TrestleHtlc.sol";
import {HtlcHandler} from "./HtlcHandler.sol";
import {Base} from "./Base.sol";

/// @notice HtlcMutantsIT runs these against contracts with a seeded bug, and they must fail.
contract HtlcInvariantTest is Base {
    HtlcHandler private handler;

    function setUp() public {
        vm.warp(1_800_000_000);
        handler = new HtlcHandler(makeHtlc());
    }

    function makeHtlc() internal virtual returns (TrestleHtlc) {
        return new TrestleHtlc();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_lockedIsWhatTheContractHolds() public view {
        for (uint256 i = 0; i < 3; i++) {
            address asset = handler.assets()[i];
            (uint256 open,) = handler.sums(asset);
            assertEq(open, handler.balanceOf(asset, handler.contractAddress()));
        }
    }

    function invariant_everyLockIsPaidOnce() public view {
        for (uint256 i = 0; i < 3; i++) {
            address asset = handler.assets()[i];
            (, uint256 ended) = handler.sums(asset);
            assertEq(ended, handler.held(asset));
        }
    }

    function invariant_nobodyActsBeforeTimeOrWithoutRight() public view {
        assertTrue(!handler.wrong(), "a claim or refund that was not due");
    }
}
