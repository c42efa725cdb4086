// Browsers start no Worker from a disk. This one is a hidden frame instead, which is all that the search box needs:
// it hands messages to and fro, and loads the scripts that the worker asks for.
if (location.protocol === "file:") {
  window.IFrameWorker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.append(frame);
      const inside = frame.contentWindow;
      const handOut = (data) => {
        const event = new MessageEvent("message", { data });
        if (this.onmessage) this.onmessage(event);
        this.dispatchEvent(event);
      };
      inside.postMessage = (data) => queueMicrotask(() => handOut(data));
      inside.importScripts = (...urls) => Promise.all(urls.map((path) => this.load(path)));
      this.inside = inside;
      this.ready = this.load(new URL(url, location.href).href);
    }

    load(url) {
      const script = this.inside.document.createElement("script");
      script.src = url;
      const loaded = new Promise((done, failed) => {
        script.onload = done;
        script.onerror = failed;
      });
      this.inside.document.body.append(script);
      return loaded;
    }

    async postMessage(data) {
      await this.ready;
      this.inside.dispatchEvent(new MessageEvent("message", { data }));
    }

    terminate() {
      this.inside.frameElement.remove();
    }
  };
  window.Worker = window.IFrameWorker;
}
