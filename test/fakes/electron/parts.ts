import { EventEmitter } from "node:events";
import type { Dialog, MenuItemConstructorOptions, MessageBoxOptions, MessageBoxReturnValue, SafeStorage, Tray } from "electron";

/** A built menu is its template. */
export interface FakeMenu {
  template: MenuItemConstructorOptions[];
}
export function createFakeMenu() {
  let application: FakeMenu | null = null;
  return {
    buildFromTemplate: (template: MenuItemConstructorOptions[]): FakeMenu => ({ template }),
    setApplicationMenu(menu: FakeMenu | null): void {
      application = menu;
    },
    getApplicationMenu: () => application,
  };
}

export class FakeTray extends EventEmitter implements Pick<Tray, "setToolTip" | "destroy"> {
  tip = "";
  menu: FakeMenu | null = null;
  destroyed = false;
  readonly image: string;
  constructor(image: string, made: (tray: FakeTray) => void) {
    super();
    this.image = image;
    made(this);
  }
  setToolTip(tip: string): void {
    this.tip = tip;
  }
  setContextMenu(menu: FakeMenu | null): void {
    this.menu = menu;
  }
  destroy(): void {
    this.destroyed = true;
  }
}

/** Questions wait in `asked` until the test answers with the number of a button. */
export class FakeDialog implements Pick<Dialog, "showMessageBox"> {
  readonly asked: { options: MessageBoxOptions; answer(button: number): void }[] = [];
  showMessageBox(first: unknown, second?: MessageBoxOptions): Promise<MessageBoxReturnValue> {
    const options = second ?? (first as MessageBoxOptions);
    return new Promise((resolve) => this.asked.push({ options, answer: (response) => resolve({ response, checkboxChecked: false }) }));
  }
}

/** A keychain that turns bytes around: enough to see that nothing is written in the clear. */
export class FakeSafeStorage implements Pick<
  SafeStorage,
  "isAsyncEncryptionAvailable" | "encryptStringAsync" | "decryptStringAsync" | "getSelectedStorageBackend"
> {
  backend: ReturnType<SafeStorage["getSelectedStorageBackend"]> = "gnome_libsecret";
  available = true;
  rotated = false;
  isAsyncEncryptionAvailable(): Promise<boolean> {
    return Promise.resolve(this.available);
  }
  encryptStringAsync(plain: string): Promise<Buffer> {
    return Promise.resolve(Buffer.concat([Buffer.from("v10"), Buffer.from(plain).map((byte) => byte ^ 0x5a)]));
  }
  decryptStringAsync(sealed: Buffer): ReturnType<SafeStorage["decryptStringAsync"]> {
    if (sealed.subarray(0, 3).toString() !== "v10") return Promise.reject(new Error("not sealed by this keychain"));
    const shouldReEncrypt = this.rotated;
    this.rotated = false;
    return Promise.resolve({ result: Buffer.from(sealed.subarray(3).map((byte) => byte ^ 0x5a)).toString(), shouldReEncrypt });
  }
  getSelectedStorageBackend(): ReturnType<SafeStorage["getSelectedStorageBackend"]> {
    return this.backend;
  }
}
